#!/usr/bin/env python3
"""Computes what `domain::stats` computes, by other means, and prints it as JSON.

    python3 -m venv target/reference
    target/reference/bin/pip install numpy scipy statsmodels
    target/reference/bin/python scripts/reference_statistics.py > crates/domain/tests/reference_statistics.json

The output is committed, and crates/domain/tests/reference_statistics.rs compares the Rust functions with it.
Nothing here is translated from Rust: distributions come from SciPy, corrections and regressions from
statsmodels, Poisson-binomial chances from enumeration with exact fractions, optima from general optimisers.
"""

import itertools
import json
import math
from fractions import Fraction

import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import integrate, optimize, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(20261123)


def special():
    xs = [-37.0, -12.5, -8.0, -3.0, -1.0, -0.1, 0.0, 0.5, 1.959963984540054, 4.0, 8.2]
    ps = [1e-300, 1e-100, 1e-20, 1e-10, 1e-4, 0.025, 0.2, 0.5, 0.9, 0.975, 0.9999]
    degrees = [1, 2, 3, 5, 10, 29, 30, 31, 100, 1000, 20000]
    betas = [(0.5, 0.5, 0.1), (2, 3, 0.4), (11, 30, 0.2), (500, 700, 0.45), (0.7, 90, 0.01), (3000, 40, 0.98)]
    binomials = [(0, 10, 0.3), (7, 10, 0.3), (10, 10, 0.3), (60, 100, 0.5), (950, 1000, 0.93), (3, 5000, 0.001)]
    return {
        "normal_cdf": [[x, stats.norm.cdf(x)] for x in xs],
        "normal_quantile": [[p, stats.norm.ppf(p)] for p in ps],
        "student_quantile": [[p, d, stats.t.ppf(p, d)] for d in degrees for p in (0.025, 0.6, 0.975, 0.9995)],
        "beta_cdf": [[a, b, x, stats.beta.cdf(x, a, b)] for a, b, x in betas],
        "binomial_upper": [[k, n, p, stats.binom.sf(k - 1, n, p)] for k, n, p in binomials],
    }


def enumerate_groups(groups):
    """The exact distribution of the sum of independent counts, by walking through all combinations.
    A group is a list of (count, chance)."""
    chances = {}
    for combination in itertools.product(*groups):
        total = sum(count for count, _ in combination)
        chance = math.prod((Fraction(chance) for _, chance in combination), start=Fraction(1))
        chances[total] = chances.get(total, Fraction(0)) + chance
    return chances


def tails(chances, observed):
    """P(W >= w), and the mid-p values above and below."""
    at = chances.get(observed, Fraction(0))
    above = sum((c for k, c in chances.items() if k > observed), Fraction(0))
    below = sum((c for k, c in chances.items() if k < observed), Fraction(0))
    return {"p": float(above + at), "upper": float(above + at / 2), "lower": float(below + at / 2)}


def by_fractions(prices):
    """The same by recursion over events, with fractions, for numbers of events that cannot be enumerated."""
    chances = [Fraction(1)]
    for price in map(Fraction, prices):
        chances = [
            (chances[k] * (1 - price) if k < len(chances) else 0) + (chances[k - 1] * price if k else 0)
            for k in range(len(chances) + 1)
        ]
    return dict(enumerate(chances))


def poisson_binomial():
    cases = []
    for prices in (
        [0.5],
        [0.15, 0.5, 0.85],
        [0.96, 0.97, 0.95, 0.99, 0.999, 0.94],
        [1e-9, 0.3, 1 - 1e-9, 0.7],
        [round(float(p), 6) for p in rng.uniform(0.01, 0.99, 12)],
    ):
        chances = enumerate_groups([[(0, 1 - Fraction(p)), (1, Fraction(p))] for p in prices])
        for observed in range(len(prices) + 1):
            cases.append({"prices": prices, "observed": observed, **tails(chances, observed)})
    for size, low, high in ((120, 0.02, 0.98), (150, 0.9, 0.995)):
        prices = [round(float(p), 4) for p in rng.uniform(low, high, size)]
        chances = by_fractions(prices)
        mean = round(sum(prices))
        for observed in sorted({0, mean - 15, mean, min(mean + 15, size), size}):
            cases.append({"prices": prices, "observed": observed, **tails(chances, observed)})
    return cases


def exclusive():
    """Events of which at most one answer comes true. Each is a list of [yes price, side]; sides are 1 for Yes.
    The winner is one of the answers, or -1 for another that nobody bet on."""
    events = [
        {"bets": [[0.2, 1], [0.3, 1], [0.1, 1]], "winner": 1},
        {"bets": [[0.4, 1], [0.35, 0], [0.15, 0]], "winner": 2},
        {"bets": [[0.6, 0], [0.35, 1]], "winner": 0},
        {"bets": [[0.5, 1], [0.4, 0], [0.3, 1]], "winner": 1, "complete": True},
        {"bets": [[0.05, 0], [0.1, 0], [0.2, 0], [0.25, 0]], "winner": -1},
    ]
    groups, observed = [], 0
    for event in events:
        yes = [Fraction(str(price)) for price, _ in event["bets"]]
        total = sum(yes) if event.get("complete") else Fraction(1)
        yes = [price / total for price in yes]
        outcomes = list(enumerate(yes)) + [(-1, 1 - sum(yes))]

        def count(winner):
            return sum(1 for place, (_, side) in enumerate(event["bets"]) if (place == winner) == (side == 1))

        groups.append([(count(winner), chance) for winner, chance in outcomes])
        observed += count(event["winner"])
    single = [0.5, 0.85]
    groups += [[(0, 1 - Fraction(p)), (1, Fraction(p))] for p in single]
    observed += 1
    chances = enumerate_groups(groups)
    mean = sum(k * c for k, c in chances.items())
    variance = sum((k - mean) ** 2 * c for k, c in chances.items())
    return {
        "events": events,
        "single": [[0.5, True], [0.85, False]],
        "observed": observed,
        "expected": float(mean),
        "variance": float(variance),
        **tails(chances, observed),
    }


def multiplicity():
    p_values = np.concatenate([rng.uniform(size=60), rng.uniform(size=20) ** 4 + 1e-7, [0.5, 0.5, 1.0]])
    p_values = np.round(p_values, 8)
    null_share = min(1.0, (np.sum(p_values > 0.5) + 1) / (len(p_values) * 0.5))
    # Grenander's density: isotonic regression of the slopes of the empirical distribution.
    unique, counts = np.unique(p_values, return_counts=True)
    widths = np.diff(np.concatenate([[0.0], unique]))
    slopes = counts / len(p_values) / widths
    density = optimize.isotonic_regression(slopes, weights=widths, increasing=False).x
    rates = dict(zip(unique, np.minimum(1.0, null_share / density)))
    return {
        "p_values": p_values.tolist(),
        "benjamini_hochberg": multipletests(p_values, method="fdr_bh")[1].tolist(),
        "benjamini_yekutieli": multipletests(p_values, method="fdr_by")[1].tolist(),
        "holm": multipletests(p_values, method="holm")[1].tolist(),
        "null_share": float(null_share),
        "local_fdr": [float(rates[p]) for p in p_values],
    }


def tilt():
    information = rng.uniform(0.5, 40, 300)
    theta = rng.normal(0, 0.4, 300)
    excess = rng.normal(information * theta, np.sqrt(information))

    def misfit(log):
        return -np.sum(stats.norm.logpdf(excess, 0, np.sqrt(information + information**2 * np.exp(log))))

    found = optimize.minimize_scalar(misfit, bounds=(-12, 3), method="bounded", options={"xatol": 1e-10})
    posterior = []
    for u, i, variance in ((6.0, 12.0, 0.16), (-2.5, 4.0, 0.5), (1.0, 0.2, 0.04)):
        # By integration: N(0, τ²) times the normal likelihood of U.
        def density(t, u=u, i=i, variance=variance):
            return stats.norm.pdf(t, 0, math.sqrt(variance)) * stats.norm.pdf(u, i * t, math.sqrt(i))

        total, mean, square, positive = (
            integrate.quad(lambda t: t**power * density(t), low, 12, epsabs=1e-14, epsrel=1e-12, points=[0.0, u / i])[0]
            for power, low in ((0, -12), (1, -12), (2, -12), (0, 0))
        )
        mean, positive = mean / total, positive / total
        posterior.append([u, i, variance, mean, math.sqrt(square / total - mean**2), positive])

    chances = []
    for mean, deviation, chance in ((0.3, 0.2, 0.5), (-0.4, 0.6, 0.9), (0.0, 1.5, 0.04)):

        def weighed(t, mean=mean, deviation=deviation, chance=chance):
            return stats.norm.pdf(t, mean, deviation) / (1 + (1 - chance) / chance * math.exp(-t))

        chances.append([mean, deviation, chance, integrate.quad(weighed, -15, 15, epsabs=1e-13, points=[mean])[0]])

    # Two levels: the joint normal distribution of (θ, δ…) given the scores, by linear algebra.
    tau, omega = 0.09, 0.2
    scores = [(5.0, 8.0), (-1.0, 2.0), (0.0, 0.0), (7.5, 30.0)]
    k = len(scores)
    prior = np.diag([tau] + [omega] * k)
    design = np.zeros((k, k + 1))
    design[:, 0] = 1
    design[range(k), range(1, k + 1)] = 1
    weights = np.diag([i for _, i in scores])
    covariance = np.linalg.inv(np.linalg.inv(prior) + design.T @ weights @ design)
    mean = covariance @ design.T @ np.array([u for u, _ in scores])
    contrasts = np.vstack([np.eye(k + 1)[:1], design])
    means = contrasts @ mean
    deviations = np.sqrt(np.diag(contrasts @ covariance @ contrasts.T))
    return {
        "excess": excess.tolist(),
        "information": information.tolist(),
        "by_moments": float(np.sum(excess**2 - information) / np.sum(information**2)),
        "by_likelihood": float(np.exp(found.x)),
        "posterior": posterior,
        "expected_chance": chances,
        "levels": {
            "wallets": tau,
            "categories": omega,
            "scores": scores,
            "means": means.tolist(),
            "deviations": deviations.tolist(),
        },
    }


def regression():
    prices = np.round(rng.uniform(0.03, 0.97, 160), 3)
    x = np.log(prices / (1 - prices))
    hits = rng.uniform(size=160) < 1 / (1 + np.exp(-(0.2 + 1.4 * x)))
    weights = np.round(rng.uniform(0.2, 1.0, 160), 3)
    fit = sm.GLM(hits.astype(float), sm.add_constant(x), family=sm.families.Binomial(), freq_weights=weights).fit(tol=1e-14)

    def penalised(line):
        eta = line[0] + line[1] * x
        return -np.sum(weights * (hits * eta - np.logaddexp(0, eta))) + line[0] ** 2 / 0.5 + (line[1] - 1) ** 2 / 0.5

    ridge = optimize.minimize(penalised, [0, 1], method="BFGS", options={"gtol": 1e-10})
    return {
        "prices": prices.tolist(),
        "hits": hits.tolist(),
        "weights": weights.tolist(),
        "line": fit.params.tolist(),
        "errors": (fit.bse**2).tolist(),
        "with_prior": ridge.x.tolist(),
    }


def intervals():
    clusters = rng.integers(0, 12, 60)
    clusters.sort()
    weights = np.round(rng.uniform(0.5, 3, 60), 3)
    values = np.round(rng.normal(0.1, 1, 60) + rng.normal(0, 1, 12)[clusters], 4)
    # Weighted least squares on a constant, errors by clusters. statsmodels corrects by
    # G/(G−1)·(N−1)/(N−K), and K is 1.
    fit = sm.WLS(values, np.ones(60), weights=weights).fit(cov_type="cluster", cov_kwds={"groups": clusters}, use_t=True)
    low, high = fit.conf_int()[0]
    return {
        "wilson": [
            [hits, n, *map(float, proportion_confint(hits, n, method="wilson"))]
            for hits, n in ((0, 10), (8, 10), (10, 10), (500, 1000), (3, 40000))
        ],
        "clusters": clusters.tolist(),
        "weights": weights.tolist(),
        "values": values.tolist(),
        "mean": float(fit.params[0]),
        "interval": [float(low), float(high)],
    }


def sharpe():
    binary = []
    for chance, cost in ((0.55, 0.5), (0.1, 0.08), (0.97, 0.95)):
        mean, variance, skewness, excess = map(float, stats.bernoulli.stats(chance, moments="mvsk"))
        binary.append([chance, cost, (mean - cost) / math.sqrt(variance), skewness, excess + 3])
    returns = np.round(rng.gamma(2, 1, 80) - 1.6, 4)
    ratio = returns.mean() / returns.std()
    skewness, kurtosis = stats.skew(returns), stats.kurtosis(returns, fisher=False)
    error = math.sqrt((1 - skewness * ratio + (kurtosis - 1) / 4 * ratio**2) / (len(returns) - 1))
    return {
        "binary": binary,
        "returns": returns.tolist(),
        "moments": [float(ratio), float(skewness), float(kurtosis)],
        "probability_above": [0.1, float(stats.norm.cdf((ratio - 0.1) / error))],
    }


def kelly():
    cases = []
    for answers in (
        [(0.6, 0.5)],
        [(0.4, 0.5)],
        [(0.5, 0.4), (0.3, 0.25), (0.2, 0.4)],
        [(0.35, 0.3), (0.25, 0.26), (0.2, 0.12), (0.1, 0.3)],
        [(0.45, 0.35), (0.45, 0.47), (0.05, 0.01)],
    ):
        chances = np.array([q for q, _ in answers])
        costs = np.array([c for _, c in answers])

        def growth(spent, chances=chances, costs=costs):
            kept = 1 - np.sum(spent)
            rest = 1 - np.sum(chances)
            return -(np.sum(chances * np.log(kept + spent / costs)) + (rest * np.log(kept) if rest > 1e-12 else 0))

        found = optimize.minimize(
            growth,
            np.full(len(answers), 0.01),
            method="trust-constr",
            bounds=[(0, 0.999)] * len(answers),
            constraints=[optimize.LinearConstraint(np.ones((1, len(answers))), 0, 0.999)],
            options={"gtol": 1e-11, "xtol": 1e-13, "barrier_tol": 1e-11, "maxiter": 5000},
        )
        cases.append({"answers": answers, "spent": found.x.tolist(), "growth": float(-found.fun)})
    return cases


def others():
    amounts = np.round(rng.lognormal(2, 1.3, 50), 3)
    numbers = np.round(rng.normal(3, 2, 41), 3).tolist() + [1e6]
    x = np.round(rng.normal(size=30), 1)
    y = np.round(0.5 * x + rng.normal(size=30), 1)
    differences = np.abs(amounts[:, None] - amounts[None, :])
    return {
        "amounts": amounts.tolist(),
        "hhi": float(np.sum((amounts / amounts.sum()) ** 2)),
        "gini": float(differences.mean() / 2 / amounts.mean()),
        "numbers": numbers,
        "median": float(np.median(numbers)),
        "deviation": float(stats.median_abs_deviation(numbers, scale="normal")),
        "quantiles": [[p, float(np.quantile(numbers, p))] for p in (0, 0.025, 0.3, 0.975, 1)],
        "x": x.tolist(),
        "y": y.tolist(),
        "spearman": float(stats.spearmanr(x, y).statistic),
    }


print(
    json.dumps(
        {
            "made_with": {"numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
            "special": special(),
            "poisson_binomial": poisson_binomial(),
            "exclusive": exclusive(),
            "multiplicity": multiplicity(),
            "tilt": tilt(),
            "regression": regression(),
            "intervals": intervals(),
            "sharpe": sharpe(),
            "kelly": kelly(),
            "others": others(),
        },
        indent=None,
        separators=(",", ":"),
        default=lambda value: value.item(),
    )
)
