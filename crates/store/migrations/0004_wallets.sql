-- Wallets: who they are, everything they did, what they hold and held, what it came to.
--
-- Keys begin with the wallet, by which these tables would be distributed. What upstream says stands beside what our
-- own ledger makes of the same history (domain::ledger), each with its time; neither overwrites the other.

CREATE TABLE wallets (
    address               bytea PRIMARY KEY CONSTRAINT wallets_address CHECK (length(address) = 20),
    found_at              timestamptz NOT NULL,
    found_by              text NOT NULL CONSTRAINT wallets_found_by
                          CHECK (found_by IN ('tape', 'holders', 'leaderboard', 'asked')),

    -- As upstream describes it; identity_observed_at is NULL until it was asked.
    name                  text,
    pseudonym             text,
    bio                   text,
    profile_image         text,
    x_username            text,
    is_verified           boolean,
    joined_at             timestamptz,
    identity_observed_at  timestamptz,

    -- The history held in wallet_trades. All NULL until the first import has ended.
    imported_at           timestamptz,
    -- full: everything from the first to history_until. capped: no more was to be had than from history_since on, or
    -- than up to history_until. gap: something between is missing, or does not add up.
    completeness          text CONSTRAINT wallets_completeness CHECK (completeness IN ('full', 'capped', 'gap')),
    completeness_reasons  text[] NOT NULL DEFAULT '{}',
    history_since         timestamptz,
    history_until         timestamptz,
    activity_count        bigint,
    first_active_at       timestamptz,
    last_active_at        timestamptz,
    -- Upstream was asked and knows nothing that this wallet ever did.
    is_empty              boolean,
    CONSTRAINT wallets_imported CHECK
        ((imported_at IS NULL) = (completeness IS NULL) AND (imported_at IS NULL) = (is_empty IS NULL))
);
-- By the beginning of a name as well, whatever the collation.
CREATE INDEX wallets_name ON wallets (lower(name) text_pattern_ops) WHERE name IS NOT NULL;

-- What is to be imported, and by whom it is being.
CREATE TABLE wallet_imports (
    wallet_address bytea PRIMARY KEY,
    -- 3: somebody waits for it. 2: followed. 1: on a leaderboard. 0: because it exists.
    priority       smallint NOT NULL CONSTRAINT wallet_imports_priority CHECK (priority BETWEEN 0 AND 3),
    -- What is left of that when nobody waits any more.
    standing       smallint NOT NULL CONSTRAINT wallet_imports_standing CHECK (standing BETWEEN 0 AND 2),
    due_at         timestamptz NOT NULL,
    -- A full import reads the whole history anew; else only what is newer than what is held.
    full_import    boolean NOT NULL,
    attempts       integer NOT NULL DEFAULT 0,
    leased_by      uuid,
    leased_until   timestamptz,
    -- Rows read by the import that runs.
    progress_rows  bigint NOT NULL DEFAULT 0,
    -- Wanted since the import that runs began, which may have come too late for it: due so soon after its end, and
    -- wholly.
    again_at       timestamptz,
    again_full     boolean NOT NULL DEFAULT FALSE,
    last_error     text
);
CREATE INDEX wallet_imports_due ON wallet_imports (priority DESC, due_at);

-- Markets that are in some wallet's history and not in the catalogue, to be fetched into it.
CREATE TABLE wanted_markets (
    condition_id text PRIMARY KEY,
    wanted_at    timestamptz NOT NULL,
    -- When upstream was last asked in vain, and how often.
    tried_at     timestamptz,
    attempts     integer NOT NULL DEFAULT 0
);

-- Everything a wallet did, one row for each that upstream reports; `id` is a hash of what it says, of which two that
-- are alike differ by their number (polymarket-api.md, pitfall 6), so that reading twice writes once.
CREATE TABLE wallet_trades (
    happened_at      timestamptz NOT NULL,
    observed_at      timestamptz NOT NULL,
    id               uuid NOT NULL,
    ordinal          smallint NOT NULL,
    outcome_index    smallint,
    is_combo         boolean NOT NULL,
    wallet_address   bytea NOT NULL CONSTRAINT wallet_trades_wallet CHECK (length(wallet_address) = 20),
    -- Upstream's word in lower case, also one that nobody knows yet.
    kind             text NOT NULL,
    transaction_hash bytea CONSTRAINT wallet_trades_hash CHECK (length(transaction_hash) = 32),
    condition_id     text,
    token_id         text,
    side             text CONSTRAINT wallet_trades_side CHECK (side IN ('buy', 'sell', 'in', 'out')),
    -- NULL: upstream does not say which part the wallet had in the trade.
    is_maker         boolean,
    -- Dollars a share without the fee, with all the digits upstream tells: what a purchase's dollars exceed price ×
    -- shares by is its fee.
    price            numeric CONSTRAINT wallet_trades_price CHECK (price BETWEEN 0 AND 1),
    shares           numeric(20,6),
    -- What moved: with the fee on purchases, without it on sales.
    usdc             numeric(20,6),
    PRIMARY KEY (wallet_address, happened_at, id)
) PARTITION BY RANGE (happened_at);

-- Tokens that a wallet holds in markets that are not resolved.
CREATE TABLE wallet_positions (
    wallet_address        bytea NOT NULL,
    token_id              text NOT NULL,
    condition_id          text NOT NULL,
    outcome_index         smallint NOT NULL,

    -- Our ledger, as of `as_of`; NULL where upstream reports a position that the history does not explain. Costs and
    -- gains are without fees.
    as_of                 timestamptz NOT NULL,
    shares                numeric(20,6),
    avg_price             numeric(10,8),
    cost_usdc             numeric(20,6),
    fifo_cost_usdc        numeric(20,6),
    realized_usdc         numeric(20,6),
    fifo_realized_usdc    numeric(20,6),
    fees_usdc             numeric(20,6),
    bought_shares         numeric(20,6),
    bought_usdc           numeric(20,6),
    sold_shares           numeric(20,6),
    sold_usdc             numeric(20,6),
    unexplained_usdc      numeric(20,6),
    first_at              timestamptz,
    last_at               timestamptz,
    -- What is doubtful about it, by name (domain::ledger::Doubt).
    doubts                text[] NOT NULL DEFAULT '{}',

    -- Upstream's own, as of `venue_observed_at`; NULL where it does not list the position.
    venue_shares          numeric(20,6),
    venue_avg_price       numeric(10,8),
    venue_cost_usdc       numeric(20,6),
    venue_fees_usdc       numeric(20,6),
    venue_bought_shares   numeric(20,6),
    venue_price           numeric(10,8),
    venue_value_usdc      numeric(20,6),
    venue_realized_usdc   numeric(20,6),
    venue_unrealized_usdc numeric(20,6),
    venue_total_usdc      numeric(20,6),
    venue_status          text,
    venue_observed_at     timestamptz,
    PRIMARY KEY (wallet_address, token_id)
);
CREATE INDEX wallet_positions_condition ON wallet_positions (condition_id);

-- Tokens that a wallet does not hold any more, or that its market's resolution has settled, redeemed or not.
CREATE TABLE wallet_closed_positions (
    LIKE wallet_positions INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
    -- When the last share went, or the market was resolved with shares still there.
    closed_at             timestamptz,
    -- Dollars a share that the resolution pays; NULL where it was left before one.
    payout                numeric(10,8),
    -- Shares that the resolution settled and nobody has redeemed. Losers mostly are never.
    unredeemed_shares     numeric(20,6),
    -- What those shares were settled for, less their cost; already a gain or a loss.
    settled_usdc          numeric(20,6),
    PRIMARY KEY (wallet_address, token_id)
);
CREATE INDEX wallet_closed_positions_recent ON wallet_closed_positions (wallet_address, closed_at DESC);
CREATE INDEX wallet_closed_positions_condition ON wallet_closed_positions (condition_id);

-- What it all came to at an instant, by who says so. Several sources differ, and are meant to be seen to.
CREATE TABLE wallet_pnl_snapshots (
    at               timestamptz NOT NULL,
    observed_at      timestamptz NOT NULL,
    wallet_address   bytea NOT NULL,
    -- ledger: our books. venue: Data API user-pnl, net of fees. site: user-pnl-api, as the profile page draws it.
    source           text NOT NULL CONSTRAINT wallet_pnl_snapshots_source CHECK (source IN ('ledger', 'venue', 'site')),
    -- NULL is unknown, which capped history and missing marks make of it.
    realized_usdc    numeric(20,6),
    unrealized_usdc  numeric(20,6),
    fees_usdc        numeric(20,6),
    income_usdc      numeric(20,6),
    total_usdc       numeric(20,6),
    PRIMARY KEY (wallet_address, source, at)
) PARTITION BY RANGE (at);

-- What the history says of how a wallet trades (domain::performance), computed at the end of an import.
CREATE TABLE wallet_metrics (
    wallet_address bytea PRIMARY KEY,
    as_of          timestamptz NOT NULL,
    -- Of the definition; a row of another version is computed anew before it is shown.
    version        integer NOT NULL,
    metrics        jsonb NOT NULL
);

-- Who held a market's tokens when we looked: the largest of each token, as upstream nets them across outcomes.
CREATE TABLE market_holders (
    observed_at    timestamptz NOT NULL,
    outcome_index  smallint NOT NULL,
    rank           smallint NOT NULL,
    market_id      text NOT NULL,
    wallet_address bytea NOT NULL,
    shares         numeric(20,6) NOT NULL,
    PRIMARY KEY (market_id, observed_at, outcome_index, rank)
) PARTITION BY RANGE (observed_at);
CREATE INDEX market_holders_wallet ON market_holders (wallet_address, observed_at DESC);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['wallets', 'wallet_imports', 'wanted_markets', 'wallet_trades',
                                'wallet_positions',
                                'wallet_closed_positions', 'wallet_pnl_snapshots', 'wallet_metrics',
                                'market_holders']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO service_role', name);
        EXECUTE format('CREATE POLICY %I ON %I TO service_role USING (true) WITH CHECK (true)',
                       name || '_service', name);
        EXECUTE format('GRANT SELECT ON %I TO anon, authenticated', name);
        EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO anon, authenticated USING (true)', name || '_read', name);
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION is_divided_by_month(parent regclass) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = public, pg_temp
    RETURN parent IN ('market_history'::regclass, 'event_history'::regclass, 'trades'::regclass,
                      'prices_1m'::regclass, 'prices_1h'::regclass, 'wallet_trades'::regclass,
                      'wallet_pnl_snapshots'::regclass, 'market_holders'::regclass);

-- As before, but that the second of two looks where the first one's table is certain to be seen: what to_regclass has
-- once not found it goes on not finding for the rest of a statement.
CREATE OR REPLACE FUNCTION ensure_month_partition(parent regclass, instant timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    month timestamp := date_trunc('month', instant AT TIME ZONE 'UTC');
    partition text := parent::text || '_' || to_char(month, 'YYYY_MM');
BEGIN
    IF NOT is_divided_by_month(parent) THEN
        RAISE EXCEPTION '% is not divided by month', parent;
    END IF;
    IF to_regclass(partition) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('ensure_month_partition'));
    IF EXISTS (SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
               WHERE i.inhparent = parent AND c.relname = partition) THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)', partition, parent,
                   month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', partition);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', partition);
    EXECUTE format('CREATE POLICY %I ON %I TO service_role USING (true) WITH CHECK (true)',
                   partition || '_service', partition);
END
$$;
