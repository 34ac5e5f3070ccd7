import { Main } from "../components/Main.tsx";
import { State } from "../components/State.tsx";

export function NotFoundPage() {
  return (
    <Main className="page">
      <State isPage title="There is no such page">
        <p>
          <a className="chip primary" href="/markets">
            Open the screener
          </a>
        </p>
      </State>
    </Main>
  );
}
