-- What is traded: the tape, minute and hour bars, what of it was not recorded, how markets are resolved, and
-- what the tape says by window of time.

-- Takers' trades, one row for each that upstream reports: a wallet bought or sold so many shares of a token at
-- an average price in a transaction. Upstream has no id of a trade, and equal rows may be different trades:
-- `ordinal` numbers the equal ones from 0 (domain::tape).
--
-- There are millions a day, so the row is as small as it can be: hashes and addresses are their bytes, the token is
-- the market's (markets.token_ids), dollars follow from price and shares (usdc_of), and columns are in the order of
-- their alignment.
CREATE TABLE trades (
    -- Whole seconds; upstream knows no finer time.
    traded_at        timestamptz NOT NULL,
    observed_at      timestamptz NOT NULL,
    ordinal          smallint NOT NULL,
    outcome_index    smallint NOT NULL CONSTRAINT trades_outcome CHECK (outcome_index >= 0),
    is_buy           boolean NOT NULL,
    -- Told by the Data API, which is the record. FALSE: so far only by the activity socket, whose second may
    -- be another.
    confirmed        boolean NOT NULL,
    market_id        text NOT NULL,
    -- Empty where unknown, as is the address: both are in the key.
    transaction_hash bytea NOT NULL CONSTRAINT trades_hash CHECK (length(transaction_hash) IN (0, 32)),
    wallet_address   bytea NOT NULL CONSTRAINT trades_wallet_address CHECK (length(wallet_address) IN (0, 20)),
    price            numeric(10,8) NOT NULL CONSTRAINT trades_price CHECK (price BETWEEN 0 AND 1),
    shares           numeric(20,6) NOT NULL CONSTRAINT trades_shares CHECK (shares > 0),
    -- As the wallet called itself then.
    name             text,
    -- Begins with the transaction, by which readings are compared.
    PRIMARY KEY (transaction_hash, wallet_address, market_id, outcome_index, is_buy, shares, ordinal, traded_at)
) PARTITION BY RANGE (traded_at);
CREATE INDEX trades_market ON trades (market_id, traded_at DESC);
CREATE INDEX trades_wallet ON trades (wallet_address, traded_at DESC);
-- Many trades share a second and a batch, so each takes some ten bytes here. BRIN would take none, but a trade that
-- the record moves to another second leaves its place in the heap, and newer ones take it.
CREATE INDEX trades_recent ON trades (traded_at DESC);
CREATE INDEX trades_observed ON trades (observed_at);

-- price × shares in dollars, rounded to a millionth half to even, as domain::Shares::at does.
CREATE FUNCTION usdc_of(price numeric, shares numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN mod(price * shares * 1000000, 2) = 0.5 THEN trunc(price * shares, 6)
                ELSE round(price * shares, 6) END;

-- A minute of a market, in terms of outcome 0.
CREATE TABLE prices_1m (
    -- Its beginning.
    minute        timestamptz NOT NULL,
    observed_at   timestamptz NOT NULL,
    -- Takers' trades on both tokens, and what they came to below; 0 is none, NULL is unknown.
    trades        integer,
    market_id     text NOT NULL,
    open          numeric(10,8) NOT NULL,
    high          numeric(10,8) NOT NULL,
    low           numeric(10,8) NOT NULL,
    close         numeric(10,8) NOT NULL,
    volume_usdc   numeric(20,6),
    volume_shares numeric(20,6),
    -- The best prices at its end, or of a market that is not streamed when it was looked at within the minute; NULL
    -- where nobody quoted, or nobody looked.
    bid           numeric(10,8),
    ask           numeric(10,8),
    -- trades: true open, high, low and close. quotes: nobody traded; all four are the midpoint of these.
    -- history: a point of upstream's price history, which is synthetic.
    source        text NOT NULL CONSTRAINT prices_1m_source CHECK (source IN ('trades', 'quotes', 'history')),
    PRIMARY KEY (market_id, minute)
) PARTITION BY RANGE (minute);

-- The same by the hour, kept beside the minutes so that a month is 720 rows.
CREATE TABLE prices_1h (
    hour          timestamptz NOT NULL,
    observed_at   timestamptz NOT NULL,
    trades        integer,
    market_id     text NOT NULL,
    open          numeric(10,8) NOT NULL,
    high          numeric(10,8) NOT NULL,
    low           numeric(10,8) NOT NULL,
    close         numeric(10,8) NOT NULL,
    volume_usdc   numeric(20,6),
    volume_shares numeric(20,6),
    bid           numeric(10,8),
    ask           numeric(10,8),
    source        text NOT NULL CONSTRAINT prices_1h_source CHECK (source IN ('trades', 'quotes', 'history')),
    PRIMARY KEY (market_id, hour)
) PARTITION BY RANGE (hour);

-- Since when a market's quotes are recorded, and until when they were; NULL when they never were.
CREATE TABLE market_recordings (
    market_id        text PRIMARY KEY,
    recorded_since   timestamptz,
    recorded_until   timestamptz,
    -- When upstream's price history was read, coarse or as fine as there is; or asked for in vain, the last time.
    backfilled_at    timestamptz,
    detailed_at      timestamptz,
    history_tried_at timestamptz,
    -- When its own trades were read, of a market that became known after all trades were (tape_progress).
    tape_read_at     timestamptz
);

-- What was not recorded. Quotes that were not heard are gone; trades are asked for again, and only those that cannot
-- be had are a gap (store::newcomers).
CREATE TABLE recording_gaps (
    market_id text NOT NULL,
    from_at   timestamptz NOT NULL,
    to_at     timestamptz NOT NULL CONSTRAINT recording_gaps_forward CHECK (to_at > from_at),
    cause     text NOT NULL,
    PRIMARY KEY (market_id, from_at)
);

-- How far the Data API's feed of all trades has been read without a hole.
CREATE TABLE tape_progress (
    feed          text PRIMARY KEY,
    complete_from timestamptz NOT NULL,
    complete_to   timestamptz NOT NULL,
    observed_at   timestamptz NOT NULL,
    -- Markets first seen after this were not known when older trades were read, and theirs were left out: they are
    -- read market by market (market_recordings.tape_read_at).
    markets_from  timestamptz
);

-- What the oracle says of a market; one row for each change we learned of.
CREATE TABLE market_resolutions (
    market_id            text NOT NULL,
    observed_at          timestamptz NOT NULL,
    status               text NOT NULL,
    -- Dollars per share, aligned with the market's outcomes.
    payouts              numeric(10,8)[],
    proposed_price       numeric,
    was_disputed         boolean,
    expected_settlement  timestamptz,
    settlement_basis     text,
    reporter             text,
    updated_at           timestamptz,
    PRIMARY KEY (market_id, observed_at)
);
CREATE INDEX market_resolutions_observed ON market_resolutions (observed_at);

-- What the tape says of a market by window of time that ends at `as_of` (domain::analytics).
CREATE TABLE market_windows (
    market_id   text NOT NULL,
    time_window text NOT NULL CONSTRAINT market_windows_window
                CHECK (time_window IN ('10m', '1h', '6h', '12h', '24h', '7d')),
    as_of       timestamptz NOT NULL,
    trades      integer NOT NULL,
    buyers      integer NOT NULL,
    sellers     integer NOT NULL,
    buy_usdc    numeric(20,6) NOT NULL,
    sell_usdc   numeric(20,6) NOT NULL,
    change      numeric(10,8),
    PRIMARY KEY (market_id, time_window)
);

-- Which windows the tape covers, each with the end of its last count. A window that has no row here is unknown of
-- every market; in one that has, a market without a row in `market_windows` did not trade.
CREATE TABLE counted_windows (
    time_window text PRIMARY KEY CONSTRAINT counted_windows_window
                CHECK (time_window IN ('10m', '1h', '6h', '12h', '24h', '7d')),
    as_of       timestamptz NOT NULL
);

-- A window is read, and what has left it deleted, as a whole.
CREATE INDEX market_windows_window ON market_windows (time_window);

-- What recording asks of the catalogue: whose token it is, which markets trade most, which were settled lately, and
-- which the oracle is at work on.
CREATE INDEX markets_first_token ON markets USING hash ((token_ids[1]));
CREATE INDEX markets_second_token ON markets USING hash ((token_ids[2]));
CREATE INDEX markets_busiest ON markets (volume_24h DESC NULLS LAST, market_id)
    WHERE NOT closed AND delisted_at IS NULL AND accepting_orders;
-- Nearly all markets have two tokens. Not knowing that, the planner takes those of the index for too few to walk it.
CREATE STATISTICS markets_token_count ON cardinality(token_ids) FROM markets;
CREATE INDEX markets_first_seen ON markets (first_seen_at);
CREATE INDEX markets_resolved ON markets (closed_at) WHERE status = 'resolved';
CREATE INDEX markets_at_oracle ON markets (market_id) WHERE uma_status IN ('requested', 'proposed', 'disputed');
CREATE INDEX markets_past_end ON markets (end_date) WHERE status <> 'resolved';

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['trades', 'prices_1m', 'prices_1h', 'market_recordings', 'recording_gaps',
                                'tape_progress', 'market_resolutions', 'market_windows', 'counted_windows']
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

-- Months come and go the same way for every table that is divided by them.
DROP FUNCTION ensure_history_partition(regclass, timestamptz);

CREATE FUNCTION is_divided_by_month(parent regclass) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = public, pg_temp
    RETURN parent IN ('market_history'::regclass, 'event_history'::regclass, 'trades'::regclass,
                      'prices_1m'::regclass, 'prices_1h'::regclass);

-- Creates the monthly partition that holds an instant, unless it exists. The service may call it; it cannot
-- create tables otherwise. Partitions carry the same security as their parent, for a query that names one
-- directly.
CREATE FUNCTION ensure_month_partition(parent regclass, instant timestamptz) RETURNS void
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
    -- Two processes may get here at once; the second finds the table after the lock.
    PERFORM pg_advisory_xact_lock(hashtext('ensure_month_partition'));
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
REVOKE ALL ON FUNCTION ensure_month_partition(regclass, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_month_partition(regclass, timestamptz) TO service_role;

-- Drops the monthly partitions that end at or before an instant, and tells how many: what the operator set as
-- the age of a table's rows.
CREATE FUNCTION drop_month_partitions(parent regclass, until_instant timestamptz) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    partition record;
    dropped integer := 0;
BEGIN
    IF NOT is_divided_by_month(parent) THEN
        RAISE EXCEPTION '% is not divided by month', parent;
    END IF;
    FOR partition IN
        SELECT c.oid::regclass AS name,
               to_date(right(c.relname, 7), 'YYYY_MM')::timestamp AS month
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = parent
    LOOP
        IF (partition.month + interval '1 month') AT TIME ZONE 'UTC' <= until_instant THEN
            EXECUTE format('DROP TABLE %s', partition.name);
            dropped := dropped + 1;
        END IF;
    END LOOP;
    RETURN dropped;
END
$$;
REVOKE ALL ON FUNCTION drop_month_partitions(regclass, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_month_partitions(regclass, timestamptz) TO service_role;
