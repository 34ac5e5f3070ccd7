-- The market family: what Gamma says of events and markets, its history, and the log of syncs.
--
-- Ids of Polymarket are TEXT (token ids have 78 digits). Money is NUMERIC(20,6), prices NUMERIC(10,8),
-- every instant timestamptz. `observed_at` is when we learned what a row says; `upstream_updated_at` is
-- when upstream says it became so.

-- One value per batch of changed rows. Batches are written one after the other by the single ingester, so
-- a reader that has seen revision n has missed nothing at or below n.
CREATE SEQUENCE catalogue_revision AS bigint;
GRANT USAGE, SELECT ON SEQUENCE catalogue_revision TO service_role;

-- Whose data this database holds: Polymarket's, a recording's, or a simulation's. One row, written by the
-- first sync; a sync from anywhere else is refused, so that simulated and real data never meet.
CREATE TABLE catalogue_origin (
    singleton  boolean PRIMARY KEY DEFAULT true CONSTRAINT catalogue_origin_one CHECK (singleton),
    origin     text NOT NULL,
    claimed_at timestamptz NOT NULL
);

CREATE TABLE sync_logs (
    sync_id      uuid PRIMARY KEY,
    kind         text NOT NULL CONSTRAINT sync_logs_kind CHECK (kind IN ('full', 'hot')),
    trigger      text NOT NULL CONSTRAINT sync_logs_trigger CHECK (trigger IN ('schedule', 'manual', 'cli')),
    status       text NOT NULL CONSTRAINT sync_logs_status
                 CHECK (status IN ('queued', 'running', 'success', 'partial', 'failed')),
    -- Which closed events the sync fetches: none, all, or since a day. NULL until it starts unless whoever
    -- asked for it said so: then the ingester's own setting counts.
    closed_scope text,
    requested_at timestamptz NOT NULL DEFAULT now(),
    started_at   timestamptz,
    finished_at  timestamptz,
    pages        bigint NOT NULL DEFAULT 0,
    events_seen  bigint NOT NULL DEFAULT 0,
    markets_seen bigint NOT NULL DEFAULT 0,
    inserted     bigint NOT NULL DEFAULT 0,
    updated      bigint NOT NULL DEFAULT 0,
    unchanged    bigint NOT NULL DEFAULT 0,
    quarantined  bigint NOT NULL DEFAULT 0,
    swept        bigint NOT NULL DEFAULT 0,
    -- Milliseconds spent fetching and writing, summed over lanes.
    fetch_ms     bigint NOT NULL DEFAULT 0,
    write_ms     bigint NOT NULL DEFAULT 0,
    -- Everything asked for was fetched, whether or not every row of it was understood.
    complete     boolean NOT NULL DEFAULT false,
    error        text
);
-- At most one sync of a kind waits or runs: a second request finds it instead of adding another.
CREATE UNIQUE INDEX sync_logs_one_active ON sync_logs (kind) WHERE status IN ('queued', 'running');
CREATE INDEX sync_logs_requested ON sync_logs (requested_at DESC);

CREATE TABLE events (
    event_id            text PRIMARY KEY,
    slug                text NOT NULL,
    title               text NOT NULL,
    description         text,
    resolution_source   text,
    category            text,
    tag_slugs           text[] NOT NULL,
    tag_labels          text[] NOT NULL,
    tag_ids             text[] NOT NULL,
    image               text,
    active              boolean NOT NULL,
    closed              boolean NOT NULL,
    archived            boolean NOT NULL,
    neg_risk            boolean NOT NULL,
    neg_risk_augmented  boolean NOT NULL,
    series_slug         text,
    volume_24h          numeric(20,6),
    volume_total        numeric(20,6),
    liquidity           numeric(20,6),
    open_interest       numeric(20,6),
    start_date          timestamptz,
    end_date            timestamptz,
    closed_at           timestamptz,
    created_at          timestamptz,
    upstream_updated_at timestamptz,
    -- Upstream's fields that have no column, verbatim.
    extra               jsonb NOT NULL,
    -- xxh3 of everything above but upstream_updated_at: an unchanged row is not written again.
    content_hash        bigint NOT NULL,
    revision            bigint NOT NULL,
    first_seen_at       timestamptz NOT NULL,
    observed_at         timestamptz NOT NULL
);
CREATE INDEX events_slug ON events (slug);
CREATE INDEX events_revision ON events (revision);

CREATE TABLE markets (
    market_id           text PRIMARY KEY,
    condition_id        text,
    question_id         text,
    slug                text NOT NULL,
    -- No foreign key: the hot set may bring a market before its event.
    event_id            text,
    title               text NOT NULL,
    group_title         text,
    description         text,
    resolution_source   text,
    category            text,
    image               text,
    -- Aligned arrays, in upstream's order.
    outcomes            text[] NOT NULL,
    outcome_prices      numeric(10,8)[] NOT NULL,
    token_ids           text[] NOT NULL,
    -- The price of outcome 0; the source document's name.
    current_price       numeric(10,8),
    best_bid            numeric(10,8),
    best_ask            numeric(10,8),
    spread              numeric(10,8),
    last_trade_price    numeric(10,8),
    volume_24h          numeric(20,6),
    volume_total        numeric(20,6),
    liquidity           numeric(20,6),
    status              text NOT NULL CONSTRAINT markets_status CHECK (status IN ('open', 'closed', 'resolved')),
    active              boolean NOT NULL,
    closed              boolean NOT NULL,
    archived            boolean NOT NULL,
    accepting_orders    boolean NOT NULL,
    new                 boolean NOT NULL,
    uma_status          text,
    neg_risk            boolean NOT NULL,
    neg_risk_other      boolean NOT NULL,
    neg_risk_market_id  text,
    fee_rate            numeric,
    fee_exponent        numeric,
    fee_type            text,
    rewards_min_size    numeric,
    rewards_max_spread  numeric,
    tick_size           numeric,
    min_order_size      numeric,
    game_id             text,
    sports_market_type  text,
    line                numeric,
    game_start_at       timestamptz,
    start_date          timestamptz,
    end_date            timestamptz,
    closed_at           timestamptz,
    created_at          timestamptz,
    upstream_updated_at timestamptz,
    extra               jsonb NOT NULL,
    content_hash        bigint NOT NULL,
    revision            bigint NOT NULL,
    first_seen_at       timestamptz NOT NULL,
    observed_at         timestamptz NOT NULL,
    -- Set when upstream stopped listing the row: absent from two crawls and unknown by its id.
    delisted_at         timestamptz
);
-- Indexes of the source document that a query of ours uses. Screens are answered from memory, so its
-- (category, volume_24h), trigram and JSONB indexes would cost every write and serve no read.
CREATE INDEX markets_condition_id ON markets (condition_id);
CREATE INDEX markets_slug ON markets (slug);
CREATE INDEX markets_event_id ON markets (event_id);
CREATE INDEX markets_revision ON markets (revision);
CREATE INDEX markets_open ON markets (market_id) WHERE NOT closed AND delisted_at IS NULL;
CREATE INDEX markets_unresolved ON markets (closed_at) WHERE status = 'closed';

-- Figures over windows of time, one row a market. For now they are upstream's own.
CREATE TABLE market_analytics (
    market_id    text PRIMARY KEY,
    change_1h    numeric(10,8),
    change_24h   numeric(10,8),
    change_7d    numeric(10,8),
    change_30d   numeric(10,8),
    volume_7d    numeric(20,6),
    volume_30d   numeric(20,6),
    volume_1y    numeric(20,6),
    competitive  numeric,
    source       text NOT NULL CONSTRAINT market_analytics_source CHECK (source IN ('gamma')),
    observed_at  timestamptz NOT NULL
);

-- What changed, when we learned it: {"field": {"from": …, "to": …}}. Nothing is written when a row first
-- appears, so the state at an instant is the present row with every later change undone, and before
-- first_seen_at it is unknown.
CREATE TABLE market_history (
    market_id   text NOT NULL,
    observed_at timestamptz NOT NULL,
    sync_id     uuid,
    changes     jsonb NOT NULL,
    PRIMARY KEY (market_id, observed_at)
) PARTITION BY RANGE (observed_at);

CREATE TABLE event_history (
    event_id    text NOT NULL,
    observed_at timestamptz NOT NULL,
    sync_id     uuid,
    changes     jsonb NOT NULL,
    PRIMARY KEY (event_id, observed_at)
) PARTITION BY RANGE (observed_at);

-- Open markets that a complete crawl did not list.
CREATE TABLE market_absences (
    market_id       text PRIMARY KEY,
    missed_crawls   integer NOT NULL CONSTRAINT market_absences_missed CHECK (missed_crawls > 0),
    first_missed_at timestamptz NOT NULL
);

-- Rows that could not be decoded, kept as they came. The same text again only counts up.
CREATE TABLE quarantine (
    kind          text NOT NULL CONSTRAINT quarantine_kind CHECK (kind IN ('event', 'market')),
    raw_hash      bigint NOT NULL,
    upstream_id   text,
    reason        text NOT NULL,
    path          text NOT NULL,
    raw           text NOT NULL,
    occurrences   bigint NOT NULL,
    first_sync_id uuid,
    first_seen_at timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,
    PRIMARY KEY (kind, raw_hash)
);
CREATE INDEX quarantine_last_seen ON quarantine (last_seen_at DESC);

-- Rights. Market data may be read by anybody; only the service writes. Raw rejected rows and the sweep's
-- notes are the service's alone.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['events', 'markets', 'market_analytics', 'market_history', 'event_history',
                                'sync_logs', 'catalogue_origin', 'market_absences', 'quarantine']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO service_role', name);
        EXECUTE format('CREATE POLICY %I ON %I TO service_role USING (true) WITH CHECK (true)',
                       name || '_service', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['events', 'markets', 'market_analytics', 'market_history', 'event_history',
                                'sync_logs', 'catalogue_origin']
    LOOP
        EXECUTE format('GRANT SELECT ON %I TO anon, authenticated', name);
        EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO anon, authenticated USING (true)', name || '_read', name);
    END LOOP;
END
$$;

-- Creates the monthly partition of a history table that holds an instant, unless it exists. The service may
-- call it; it cannot create tables otherwise. Partitions carry the same security as their parent, for a
-- query that names one directly.
CREATE FUNCTION ensure_history_partition(parent regclass, instant timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    month timestamp := date_trunc('month', instant AT TIME ZONE 'UTC');
    partition text := parent::text || '_' || to_char(month, 'YYYY_MM');
BEGIN
    IF parent NOT IN ('market_history'::regclass, 'event_history'::regclass) THEN
        RAISE EXCEPTION '% is not a history table', parent;
    END IF;
    IF to_regclass(partition) IS NOT NULL THEN
        RETURN;
    END IF;
    -- Two processes may get here at once; the second finds the table after the lock.
    PERFORM pg_advisory_xact_lock(hashtext('ensure_history_partition'));
    IF to_regclass(partition) IS NOT NULL THEN
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
REVOKE ALL ON FUNCTION ensure_history_partition(regclass, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_history_partition(regclass, timestamptz) TO service_role;
