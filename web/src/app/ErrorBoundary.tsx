import { Component, type ReactNode } from "react";
import { Main } from "../components/Main.tsx";
import { ErrorState } from "../components/State.tsx";
import { MissingPart } from "./routes.tsx";

interface ErrorBoundaryState {
  error: unknown;
}

/** Keeps a fault in one page from taking the terminal with it. */
export class ErrorBoundary extends Component<{ children: ReactNode }, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { error: null };

  static getDerivedStateFromError(error: unknown): ErrorBoundaryState {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    const { error } = this.state;
    const retry =
      error instanceof MissingPart ? () => window.location.reload() : () => this.setState({ error: null });
    return (
      <Main className="page">
        <ErrorState isPage error={error} retry={retry} />
      </Main>
    );
  }
}
