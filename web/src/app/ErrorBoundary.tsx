import { Component, type ReactNode } from "react";
import { Main } from "../components/Main.tsx";
import { ErrorState } from "../components/State.tsx";

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
    return (
      <Main className="page">
        <ErrorState isPage error={this.state.error} retry={() => this.setState({ error: null })} />
      </Main>
    );
  }
}
