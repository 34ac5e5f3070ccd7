-- Intelligence: what wallets bet, how they are scored, what the large and the skilled do, and what was signalled.
--
-- Scores and signals are claims somebody may act on. A claim that was made is never changed: its table can only be
-- added to, and who was wrong can be read in it. What merely follows from records (bets, flows) is replaced with them.

-- The settled bets of a wallet, one an event, at the price and side that came first (domain::bets). Replaced with the
-- wallet's books.
CREATE TABLE wallet_bets (
    opened_at      timestamptz NOT NULL,
    closed_at      timestamptz NOT NULL,
    -- From the purchase to the scheduled end in seconds; NULL where none was announced.
    horizon_s      bigint,
    -- Dollars a share with the fee: a probability, so not money.
    price          double precision NOT NULL CONSTRAINT wallet_bets_price CHECK (price > 0 AND price < 1),
    outcome_index  smallint NOT NULL,
    came_true      boolean NOT NULL,
    wallet_address bytea NOT NULL,
    condition_id   text NOT NULL,
    -- The event's id, or the market's where it has none.
    event_key      text NOT NULL,
    category       text,
    -- Put into the event in all, with fees.
    stake_usdc     numeric(20,6) NOT NULL,
    PRIMARY KEY (wallet_address, event_key)
);
-- Recalibration is fitted on what was settled before an instant.
CREATE INDEX wallet_bets_closed ON wallet_bets (closed_at);

-- Every score a wallet was ever given.
CREATE TABLE wallet_scores (
    as_of          timestamptz NOT NULL,
    -- Of the definition.
    version        smallint NOT NULL,
    -- How many observations it rests on.
    n              integer NOT NULL CONSTRAINT wallet_scores_n CHECK (n >= 0),
    -- 0 to 100 and its interval; NULL unless the verdict is `scored`.
    value          double precision CONSTRAINT wallet_scores_value CHECK (value BETWEEN 0 AND 100),
    low            double precision,
    high           double precision,
    wallet_address bytea NOT NULL,
    kind           text NOT NULL,
    -- scored; too_few: not enough to say; withheld: the history does not support it; excluded: of a kind of wallet
    -- that is not ranked.
    verdict        text NOT NULL CONSTRAINT wallet_scores_verdict
                   CHECK (verdict IN ('scored', 'too_few', 'withheld', 'excluded')),
    -- Why it is withheld or excluded, by name.
    reason         text,
    ingredients    jsonb NOT NULL,
    -- Ids of the records it rests on most.
    evidence       jsonb NOT NULL,
    PRIMARY KEY (wallet_address, kind, as_of),
    CONSTRAINT wallet_scores_scored CHECK ((verdict = 'scored') = (value IS NOT NULL))
) PARTITION BY RANGE (as_of);

-- The last of each, in the order of boards.
CREATE TABLE current_wallet_scores (
    as_of          timestamptz NOT NULL,
    -- When it was last found to be still so.
    checked_at     timestamptz NOT NULL,
    version        smallint NOT NULL,
    n              integer NOT NULL,
    value          double precision,
    low            double precision,
    high           double precision,
    wallet_address bytea NOT NULL,
    kind           text NOT NULL,
    verdict        text NOT NULL,
    reason         text,
    ingredients    jsonb NOT NULL,
    evidence       jsonb NOT NULL,
    PRIMARY KEY (wallet_address, kind)
);
CREATE INDEX current_wallet_scores_board ON current_wallet_scores (kind, value DESC, wallet_address)
    WHERE verdict = 'scored';
CREATE INDEX current_wallet_scores_verdict ON current_wallet_scores (kind, verdict, wallet_address);

-- Each time all wallets were scored: what was learned from all of them together, without which no single score can be
-- understood.
CREATE TABLE score_runs (
    as_of       timestamptz NOT NULL,
    version     smallint NOT NULL,
    scored      integer NOT NULL,
    too_few     integer NOT NULL,
    withheld    integer NOT NULL,
    excluded    integer NOT NULL,
    kind        text NOT NULL,
    population  jsonb NOT NULL,
    PRIMARY KEY (kind, as_of)
);

-- Published signals: all that is needed to settle one is in it.
CREATE TABLE signals (
    id            uuid PRIMARY KEY,
    published_at  timestamptz NOT NULL,
    -- What was known when it was made.
    as_of         timestamptz NOT NULL,
    -- When it is settled; NULL: when the market is resolved.
    due_at        timestamptz,
    version       smallint NOT NULL,
    -- 0: for outcome 0, 1: against it; NULL: it points nowhere.
    side          smallint CONSTRAINT signals_side CHECK (side IN (0, 1)),
    -- Independent observations behind it.
    n             double precision NOT NULL,
    -- 0 to 100.
    strength      double precision NOT NULL CONSTRAINT signals_strength CHECK (strength BETWEEN 0 AND 100),
    -- The middle of the best bid and ask for outcome 0 at `as_of`; without one it can never be settled.
    price         double precision CONSTRAINT signals_price CHECK (price BETWEEN 0 AND 1),
    -- Dollars a share that following it cost: half the spread and the taker's fee; NULL unknown.
    cost          double precision,
    kind          text NOT NULL,
    -- What it was read from: feed, activity, chain.
    basis         text NOT NULL,
    market_id     text NOT NULL,
    -- Signals of one event are one observation: the event's id, or the market's where it has none.
    event_key     text NOT NULL,
    -- What the same thing seen twice has in common.
    subject       text NOT NULL CONSTRAINT signals_subject UNIQUE,
    ingredients   jsonb NOT NULL,
    evidence      jsonb NOT NULL,
    CONSTRAINT signals_in_time CHECK (as_of <= published_at AND as_of < due_at)
);
CREATE INDEX signals_recent ON signals (published_at DESC, id);
CREATE INDEX signals_market ON signals (market_id, published_at DESC);
CREATE INDEX signals_due ON signals (due_at);

-- Those of them that nothing has become of yet, so that these are found without looking at all that were ever published.
CREATE TABLE open_signals (
    signal_id uuid PRIMARY KEY REFERENCES signals (id),
    due_at    timestamptz,
    market_id text NOT NULL
);
CREATE INDEX open_signals_market ON open_signals (market_id);

-- What became of them.
CREATE TABLE signal_results (
    signal_id    uuid PRIMARY KEY REFERENCES signals (id),
    settled_at   timestamptz NOT NULL,
    -- settled: it gained or lost. push: neither, or the market paid in part. void: it can have no result.
    status       text NOT NULL CONSTRAINT signal_results_status CHECK (status IN ('settled', 'push', 'void')),
    -- Why it is void, by name.
    reason       text,
    -- Dollars a share of outcome 0 at the end.
    exit_price   double precision,
    -- Dollars a share in its direction, before and after the cost of following it; `net` is NULL where that is
    -- unknown.
    gain         double precision,
    net          double precision,
    CONSTRAINT signal_results_void CHECK ((status = 'void') = (reason IS NOT NULL)),
    CONSTRAINT signal_results_known CHECK ((status = 'void') = (gain IS NULL) AND (gain IS NULL) = (exit_price IS NULL))
);

-- How scores do on wallets of which it is known what they are.
CREATE TABLE score_audits (
    ran_at    timestamptz NOT NULL,
    version   smallint NOT NULL,
    -- Whether errors stay within the declared budget; a score that is over it leaves the rankings.
    is_within boolean NOT NULL,
    kind      text NOT NULL,
    -- What it was tried on: synthetic, redrawn, planted.
    trial     text NOT NULL CONSTRAINT score_audits_trial CHECK (trial IN ('synthetic', 'redrawn', 'planted')),
    results   jsonb NOT NULL,
    PRIMARY KEY (kind, trial, ran_at)
);

-- Hours of markets of which the tape has told something since their flows were made. The recorder notes them with the
-- trades; `times` tells whether it did so again while they were being made.
CREATE TABLE touched_hours (
    hour      timestamptz NOT NULL,
    times     bigint NOT NULL,
    market_id text NOT NULL,
    PRIMARY KEY (market_id, hour)
);

-- What takers of a kind did in a market within an hour, in terms of outcome 0. Made anew from the tape whenever
-- something of the hour was heard. Wallets of one owner are one: what one sells to the other is nothing.
CREATE TABLE market_flows (
    hour           timestamptz NOT NULL,
    trades         integer NOT NULL,
    wallets        integer NOT NULL,
    market_id      text NOT NULL,
    -- whale, smart, maker_like, bot_like, new, other; as the wallets were known when it was made.
    wallet_class   text NOT NULL,
    -- Of owners that within the hour on balance bought outcome 0 or sold outcome 1, and of those that did the
    -- opposite, that balance in dollars before fees. `wallets` are those owners and the ones that came out even.
    bought_usdc    numeric(20,6) NOT NULL,
    sold_usdc      numeric(20,6) NOT NULL,
    PRIMARY KEY (market_id, hour, wallet_class)
);
CREATE INDEX market_flows_hour ON market_flows (hour DESC);

-- Trades that were large when they were made, measured by what was known before them.
CREATE TABLE notable_trades (
    traded_at        timestamptz NOT NULL,
    observed_at      timestamptz NOT NULL,
    ordinal          smallint NOT NULL,
    outcome_index    smallint NOT NULL,
    is_buy           boolean NOT NULL,
    usdc             numeric(20,6) NOT NULL,
    price            numeric(10,8) NOT NULL,
    shares           numeric(20,6) NOT NULL,
    -- (ln usdc − median) / MAD of the market's day until then; NULL with too few trades.
    size_z           double precision,
    -- Of the dollars traded within 24 hours; NULL unknown.
    volume_share     double precision,
    -- Of the dollars within two cents of the best price on the side it took; NULL where no book was known.
    depth_share      double precision,
    -- By the market's own measures (domain::whales::relative_size); NULL where unknown ones could decide it.
    is_large         boolean,
    wallet_address   bytea NOT NULL,
    transaction_hash bytea NOT NULL,
    market_id        text NOT NULL,
    -- The event's id, or the market's where it has none.
    event_key        text NOT NULL,
    category         text,
    -- As the wallet was known then.
    wallet_class     text NOT NULL,
    PRIMARY KEY (transaction_hash, wallet_address, market_id, outcome_index, is_buy, shares, ordinal)
);
CREATE INDEX notable_trades_recent ON notable_trades (traded_at DESC);
CREATE INDEX notable_trades_wallet ON notable_trades (wallet_address, traded_at DESC);
CREATE INDEX notable_trades_market ON notable_trades (market_id, traded_at DESC);

-- Reversals of a wallet's side on a question (domain::whales), from its books. Replaced with them.
CREATE TABLE wallet_flips (
    at                timestamptz NOT NULL,
    -- The token that says most of where it stood, and stands (domain::whales::Stance::side); NULL where none tells.
    from_outcome      smallint,
    to_outcome        smallint,
    -- Whether everything the wallet did on the question was seen; if not, what was held before may undo it.
    is_whole          boolean NOT NULL,
    -- Dollars that depended on the answer: before it began to turn, after, and at most since the last turn.
    before_usdc       numeric(20,6) NOT NULL,
    after_usdc        numeric(20,6) NOT NULL,
    peak_usdc         numeric(20,6) NOT NULL,
    -- As a part of the peak, along its direction; 2 is a full turn.
    change            double precision NOT NULL,
    wallet_address    bytea NOT NULL,
    -- The event's id, or the market's where it has none.
    event_key         text NOT NULL,
    -- The market of the act that did it.
    condition_id      text NOT NULL,
    from_condition_id text,
    to_condition_id   text,
    -- Ids of the rows of wallet_trades that made it, the last one at the end.
    evidence          jsonb NOT NULL,
    PRIMARY KEY (wallet_address, event_key, condition_id, at)
);
CREATE INDEX wallet_flips_recent ON wallet_flips (at DESC);

-- What a wallet's books say of it that scores and classes are made with. Replaced with them; NULL is unknown.
CREATE TABLE wallet_traits (
    wallet_address bytea PRIMARY KEY,
    -- When it was written, by which what changed since is found.
    written_at     timestamptz NOT NULL,
    -- The probability of the conduct's rule is surely above or below its bounds (domain::conduct).
    is_maker_like  boolean,
    is_bot_like    boolean,
    -- A position above $10,000, held or had within thirty days.
    is_whale       boolean,
    -- The books agree with the venue's sum over positions.
    is_reconciled  boolean,
    -- Months with a trade, of all since the first act.
    active_months  double precision
);
CREATE INDEX wallet_traits_written ON wallet_traits (written_at);

-- Every wallet whose skill was ever tested. Whoever is told of the striking ones must be told how many were looked at, so
-- nobody is taken off.
CREATE TABLE score_register (
    wallet_address bytea PRIMARY KEY,
    tested_at      timestamptz NOT NULL
);

-- What was last learned from all wallets together, with which single ones are scored between. The summary of each is
-- kept in score_runs.
CREATE TABLE score_models (
    kind    text PRIMARY KEY,
    as_of   timestamptz NOT NULL,
    version smallint NOT NULL,
    model   jsonb NOT NULL
);

-- Wallets that seem to have one owner, by evidence. No judgement.
CREATE TABLE owner_clusters (
    wallet_address bytea PRIMARY KEY,
    cluster_id     uuid NOT NULL,
    as_of          timestamptz NOT NULL,
    log_likelihood double precision NOT NULL,
    evidence       jsonb NOT NULL
);
CREATE INDEX owner_clusters_cluster ON owner_clusters (cluster_id);

-- Which part of a market its largest holders have, by reading of market_holders.
CREATE TABLE market_concentrations (
    observed_at       timestamptz NOT NULL,
    outcome_index     smallint NOT NULL,
    holders           integer NOT NULL,
    hhi               double precision NOT NULL,
    effective_holders double precision NOT NULL,
    top_share         double precision NOT NULL,
    -- Whether only the largest holders are named, so that all of this is about those.
    is_top_only       boolean NOT NULL,
    market_id         text NOT NULL,
    -- The five largest: address, shares, part of all that are named.
    top               jsonb NOT NULL,
    PRIMARY KEY (market_id, outcome_index)
);
CREATE INDEX market_concentrations_hhi ON market_concentrations (hhi DESC);

-- When a market's holders were last asked for on our own account, whatever came of it.
CREATE TABLE holder_readings (
    market_id text PRIMARY KEY,
    read_at   timestamptz NOT NULL
);

-- What those whose record speaks for them hold in a market.
CREATE TABLE market_consensus (
    as_of         timestamptz NOT NULL,
    version       smallint NOT NULL,
    -- −100 (all on outcome 1) to 100, from `low` to `high`; NULL: fewer than three voices.
    imbalance     double precision CONSTRAINT market_consensus_imbalance CHECK (imbalance BETWEEN -100 AND 100),
    low           double precision,
    high          double precision,
    -- So many equal and independent voices.
    voices        double precision NOT NULL,
    -- What they paid on average for outcome 0, and what it costs now.
    paid          double precision,
    price         double precision,
    market_id     text PRIMARY KEY,
    ingredients   jsonb NOT NULL
);
CREATE INDEX market_consensus_imbalance ON market_consensus (imbalance);

-- Evidence on a wallet in a market, in three layers that are never one number.
CREATE TABLE informed_evidence (
    as_of          timestamptz NOT NULL,
    version        smallint NOT NULL,
    -- pair: size, timing and direction against what was known before. leakage: of the market. history: of the account.
    layer          text NOT NULL CONSTRAINT informed_evidence_layer CHECK (layer IN ('pair', 'leakage', 'history')),
    -- Standard deviations, or the like, by which rows of a layer are ordered; NULL out of scope.
    strength       double precision,
    -- Empty of a market as such.
    wallet_address bytea NOT NULL,
    market_id      text NOT NULL,
    -- Why the layer says nothing, by name.
    out_of_scope   text,
    ingredients    jsonb NOT NULL,
    evidence       jsonb NOT NULL,
    PRIMARY KEY (layer, market_id, wallet_address, as_of),
    CONSTRAINT informed_evidence_scope CHECK ((strength IS NULL) = (out_of_scope IS NOT NULL))
);

-- The last of each, in the order of boards.
CREATE TABLE current_informed_evidence (
    LIKE informed_evidence INCLUDING CONSTRAINTS,
    PRIMARY KEY (layer, market_id, wallet_address)
);
CREATE INDEX current_informed_evidence_order ON current_informed_evidence (layer, strength DESC NULLS LAST);
CREATE INDEX current_informed_evidence_wallet ON current_informed_evidence (wallet_address);

-- Whose money a wallet's is, by its last scores: maker_like, bot_like, smart, whale, new, other; the first that holds.
CREATE TABLE wallet_classes (
    wallet_address bytea PRIMARY KEY,
    as_of          timestamptz NOT NULL,
    -- Whether what is unknown could change it.
    is_certain     boolean NOT NULL,
    class          text NOT NULL
);
CREATE INDEX wallet_classes_class ON wallet_classes (class);

-- What of a market's trade looks like trade with oneself, by several measures side by side, as parts of all shares.
CREATE TABLE market_wash (
    market_id  text PRIMARY KEY,
    as_of      timestamptz NOT NULL,
    -- From the least to the most that any measure says.
    low        double precision,
    high       double precision,
    basis      text NOT NULL,
    measures   jsonb NOT NULL
);

-- The part of a window's flow that is of wallets known to be whales, or smart money; NULL where nobody was classed yet.
ALTER TABLE market_windows ADD COLUMN whale_usdc numeric(20,6), ADD COLUMN smart_usdc numeric(20,6);

-- What all wallets bought within some time, and whose history was read to its end since: evidence of pairs reads both.
CREATE INDEX wallet_trades_bought ON wallet_trades (happened_at) WHERE kind = 'trade' AND side = 'buy';
CREATE INDEX wallets_imported ON wallets (imported_at) WHERE imported_at IS NOT NULL;

-- How far each job has read.
CREATE TABLE intelligence_progress (
    job   text PRIMARY KEY,
    until timestamptz NOT NULL
);

-- How large a wallet's open positions were for their markets when its books were made: of each event the largest
-- position that was seen. What follows the market's volume and what rests in it is measured once, with the books, so
-- that a score changes only when they do.
CREATE TABLE position_sizes (
    measured_at     timestamptz NOT NULL,
    -- Of the largest market of the event, without complete sets: the larger of what it cost and what it is worth.
    usdc            numeric(20,6) NOT NULL,
    -- Ever put into the event by buying; NULL unknown.
    stake_usdc      numeric(20,6),
    -- Parts of 24 hours' volume and of all that rests in the market; NULL unknown.
    volume_share    double precision,
    liquidity_share double precision,
    wallet_address  bytea NOT NULL,
    event_key       text NOT NULL,
    condition_id    text NOT NULL,
    PRIMARY KEY (wallet_address, event_key)
);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['position_sizes', 'wallet_bets', 'wallet_scores', 'current_wallet_scores', 'score_runs', 'signals',
                                'signal_results', 'open_signals', 'score_audits', 'touched_hours', 'market_flows',
                                'notable_trades', 'wallet_flips', 'owner_clusters', 'market_concentrations', 'holder_readings',
                                'market_consensus', 'informed_evidence', 'current_informed_evidence',
                                'wallet_classes', 'wallet_traits', 'score_models', 'score_register', 'market_wash',
                                'intelligence_progress']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO service_role', name);
        EXECUTE format('CREATE POLICY %I ON %I TO service_role USING (true) WITH CHECK (true)',
                       name || '_service', name);
        EXECUTE format('GRANT SELECT ON %I TO anon, authenticated', name);
        EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO anon, authenticated USING (true)', name || '_read', name);
    END LOOP;
    -- What was claimed stays as it was claimed.
    FOREACH name IN ARRAY ARRAY['wallet_scores', 'score_runs', 'signals', 'signal_results', 'score_audits',
                                'informed_evidence', 'score_register']
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE ON %I FROM service_role', name);
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION is_divided_by_month(parent regclass) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = public, pg_temp
    RETURN parent IN ('market_history'::regclass, 'event_history'::regclass, 'trades'::regclass,
                      'prices_1m'::regclass, 'prices_1h'::regclass, 'wallet_trades'::regclass,
                      'wallet_pnl_snapshots'::regclass, 'market_holders'::regclass, 'wallet_scores'::regclass);
