-- Which windows the tape covers, each with the end of its last count. A window that has no row here is unknown of
-- every market; in one that has, a market without a row in `market_windows` did not trade.
CREATE TABLE counted_windows (
    time_window text PRIMARY KEY CONSTRAINT counted_windows_window
                CHECK (time_window IN ('10m', '1h', '6h', '12h', '24h', '7d')),
    as_of       timestamptz NOT NULL
);

-- A window is read, and what has left it deleted, as a whole.
CREATE INDEX market_windows_window ON market_windows (time_window);

ALTER TABLE counted_windows ENABLE ROW LEVEL SECURITY;
ALTER TABLE counted_windows FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON counted_windows TO service_role;
CREATE POLICY counted_windows_service ON counted_windows TO service_role USING (true) WITH CHECK (true);
GRANT SELECT ON counted_windows TO anon, authenticated;
CREATE POLICY counted_windows_read ON counted_windows FOR SELECT TO anon, authenticated USING (true);
