-- What the tests of intelligence find: wallets 1 to 6, in the markets of the fixture.
CREATE TEMP TABLE who AS
    SELECT n, decode(lpad(to_hex(n), 40, '0'), 'hex') AS address FROM generate_series(1, 6) AS n;
SELECT ensure_month_partition('wallet_pnl_snapshots', now());
INSERT INTO wallets (address, found_at, found_by, name, imported_at, completeness, is_empty, first_active_at)
    SELECT address, now(), 'tape', CASE n WHEN 1 THEN 'First, "the" one' WHEN 2 THEN '=Second' END, now(), 'full', false,
           now() - CASE n WHEN 3 THEN interval '3 days' ELSE interval '100 days' END
    FROM who WHERE n < 6;
INSERT INTO wallet_classes (wallet_address, as_of, is_certain, class)
    SELECT address, now(), true, (ARRAY['smart', 'whale', 'new', 'maker_like'])[n] FROM who WHERE n < 5;
INSERT INTO owner_clusters (wallet_address, cluster_id, as_of, log_likelihood, evidence)
    SELECT address, '00000000-0000-7000-8000-000000000001', now(), 14.5,
           '{"pairs": [{"wallet": "0x0000000000000000000000000000000000000005", "links": [{"kind": "same_second"}]}]}'
    FROM who WHERE n IN (1, 5);
INSERT INTO wallet_traits (wallet_address, written_at, is_reconciled) SELECT address, now(), n = 1 FROM who WHERE n < 3;
INSERT INTO wallet_pnl_snapshots (at, observed_at, wallet_address, source, total_usdc)
    SELECT now(), now(), address, 'ledger', 1234.5 FROM who WHERE n = 1;

INSERT INTO notable_trades (traded_at, observed_at, ordinal, outcome_index, is_buy, usdc, price, shares, size_z,
                            volume_share, depth_share, is_large, wallet_address, transaction_hash, market_id, event_key,
                            category, wallet_class)
    SELECT date_trunc('second', now()) - ago, now(), 0, outcome, is_buy, usdc, price, usdc / price, z, 0.04, NULL, large,
           address, sha256(number::text::bytea), market, event, category, class
    FROM who JOIN (VALUES
        (1, 1, interval '1 hour', 0, true, 2000, 0.40, 4.5, true, '105', '100', 'politics', 'other'),
        (2, 2, interval '2 hours', 1, false, 5000, 0.50, 5.5, true, '106', '100', 'politics', 'whale'),
        (3, 3, interval '3 hours', 1, true, 800, 0.60, NULL, NULL, '105', '100', 'politics', 'new'),
        (4, 2, interval '4 hours', 0, true, 9000, 0.97, 6.0, true, '106', '100', 'politics', 'whale'),
        (5, 4, interval '5 hours', 0, true, 7000, 0.30, 6.0, true, '106', '100', 'politics', 'other'),
        (6, 6, interval '3 days', 0, true, 3000, 0.30, 6.0, true, '201', '200', 'sports', 'other')
    ) AS t (number, n, ago, outcome, is_buy, usdc, price, z, large, market, event, category, class) USING (n);

INSERT INTO wallet_positions (wallet_address, token_id, condition_id, outcome_index, as_of, shares, avg_price, cost_usdc,
                              first_at)
    SELECT address, number::text, '0x' || lpad(condition, 64, '0'), outcome, now(), shares, 0.4, cost,
           now() - interval '2 days'
    FROM who JOIN (VALUES (1, 1, '3', 0, 25000, 10000), (2, 2, '7', 1, 5000, 1500), (3, 1, '7', 0, 1500, 600),
                          (4, 3, '3', 0, 999, 500), (5, 5, 'bad', 0, 40000, NULL))
        AS p (number, n, condition, outcome, shares, cost) USING (n);

INSERT INTO market_flows (hour, trades, wallets, market_id, wallet_class, bought_usdc, sold_usdc)
    SELECT date_trunc('hour', now()) - ago, trades, wallets, market, class, bought, sold
    FROM (VALUES (interval '0', 3, 2, '105', 'smart', 1000, 200), (interval '0', 5, 4, '105', 'other', 50, 100),
                 (interval '1 hour', 2, 1, '105', 'smart', 10, 0), (interval '1 hour', 1, 1, '106', 'whale', 0, 3000),
                 (interval '2 hours', 1, 1, '201', 'other', 500, 0), (interval '3 days', 9, 9, '105', 'whale', 9000, 0))
        AS f (ago, trades, wallets, market, class, bought, sold);

INSERT INTO wallet_flips (at, from_outcome, to_outcome, is_whole, before_usdc, after_usdc, peak_usdc, change, wallet_address,
                          event_key, condition_id, from_condition_id, to_condition_id, evidence)
    SELECT date_trunc('second', now()) - ago, before, after, whole, 4000, 1500, peak, 1.4, address, '100',
           '0x' || lpad('3', 64, '0'), '0x' || lpad('3', 64, '0'),
           CASE WHEN after IS NOT NULL THEN '0x' || lpad(toward, 64, '0') END,
           '["00000000-0000-7000-8000-00000000000a"]'
    FROM who JOIN (VALUES (1, interval '1 hour', 1, 0, true, 5000, '3'), (2, interval '2 hours', 0, NULL, false, 900, ''),
                          (2, interval '3 hours', 0, 0, true, 900, '7'), (3, interval '2 days', 0, 1, true, 100, '3'))
        AS f (n, ago, before, after, whole, peak, toward) USING (n);

INSERT INTO market_concentrations (observed_at, outcome_index, holders, hhi, effective_holders, top_share, is_top_only,
                                   market_id, top)
    SELECT now() - ago, outcome, 40, hhi, 1 / hhi, top, true, market,
           '[{"address": "0x0000000000000000000000000000000000000001", "shares": 900, "share": 0.5},
             {"address": "0x0000000000000000000000000000000000000006", "shares": 90, "share": 0.1}]'
    FROM (VALUES ('105', 0, 0.5, 0.6, interval '1 hour'), ('105', 1, 0.2, 0.9, interval '1 hour'),
                 ('106', 0, 0.9, 0.95, interval '1 hour'), ('201', 0, 0.95, 0.97, interval '2 hours'),
                 ('107', 0, 0.99, 0.99, interval '3 days')) AS c (market, outcome, hhi, top, ago);

INSERT INTO current_informed_evidence (as_of, version, layer, strength, wallet_address, market_id, out_of_scope,
                                       ingredients, evidence)
    SELECT now() - interval '1 hour' * number, 1, layer, strength, coalesce(address, ''), market, why, ingredients::jsonb,
           '[{"kind": "trade", "id": "0x0000000000000000000000000000000000000000000000000000000000000abc"}]'
    FROM (VALUES
        (1, 'pair', 3.2, 3, '105', NULL, '{"verdict": "found", "tail_p": 0.002, "s1_size": 2.5, "table": [
            {"signal": "size", "value": 2.5, "present": true, "matched": 40, "matched_present": 3, "rate": 0.075,
             "low": 0.02, "high": 0.2},
            {"signal": "made_for", "present": null, "matched": 0, "matched_present": 0}]}'),
        (2, 'pair', 2.1, 2, '105', NULL, '{"s1_size": 2.1, "s5_direction": 0.5}'),
        (3, 'pair', 2.8, 1, '106', NULL, '{"s1_size": 1.0}'),
        (4, 'pair', 5.0, 2, '201', NULL, '{"s1_size": 5.0}'),
        (5, 'leakage', NULL, NULL, '105', 'no_news_time', '{"why": "nobody knows when the news was out"}'),
        (6, 'leakage', 0.4, NULL, '106', NULL, '{"ils": 0.4, "low": 0.3, "high": 0.5}'),
        (7, 'history', 2.0, 3, '', NULL, '{"verdict": "usual", "tail_p": 0.03, "q": 0.4}'),
        (8, 'history', 4.0, 1, '', NULL, '{"verdict": "found", "tail_p": 0.0001, "q": 0.004}')
    ) AS e (number, layer, strength, n, market, why, ingredients) LEFT JOIN who USING (n);

INSERT INTO market_consensus (as_of, version, imbalance, low, high, voices, paid, price, market_id, ingredients)
    VALUES (now(), 1, 62.5, 40, 80, 4.2, 0.41, 0.45, '105',
            '{"owners": 6, "basis": "activity", "why_none": null, "divergence": {"from_price": 0.06}}'),
           (now(), 1, NULL, NULL, NULL, 1.5, NULL, 0.45, '106', '{"owners": 2, "why_none": "too_few_voices"}');
INSERT INTO market_wash (market_id, as_of, low, high, basis, measures)
    VALUES ('105', now(), 0.01, 0.2, 'feed', '[{"name": "open_close", "low": 0.01, "high": 0.02}]');
