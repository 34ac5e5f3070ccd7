import { State } from "../components/State.tsx";

export function NotFoundPage() {
  return (
    <main className="main page" id="main">
      <State isPage title="There is no such page">
        <p>
          <a className="chip primary" href="/markets">
            Open the screener
          </a>
        </p>
      </State>
    </main>
  );
}
