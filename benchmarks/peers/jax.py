"""JAX, with a jitted step, or with a whole epoch under ``lax.scan``."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.work import LR, Work


def loss_of(params: Any, x: Any, y: Any) -> Any:
    """Mean cross-entropy of sigmoid layers."""
    for W, b in params[:-1]:
        x = jax.nn.sigmoid(x @ W + b)
    logs = jax.nn.log_softmax(x @ params[-1][0] + params[-1][1])
    return -jnp.mean(jnp.take_along_axis(logs, y[:, None], axis=1))


def sgd(params: Any, grads: Any, state: Any) -> Any:
    """One step of gradient descent."""
    return jax.tree.map(lambda p, g: p - LR["sgd"] * g, params, grads), state


def adam(params: Any, grads: Any, state: Any) -> Any:
    """One step of Adam."""
    m, v, t = state
    t = t + 1
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, grads)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, grads)
    move = lambda p, m, v: p - LR["adam"] * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8)  # noqa: E731  # one formula, three trees
    return jax.tree.map(move, params, m, v), (m, v, t)


def prepare(work: Work, scan: bool = False) -> tuple[Callable[[int], float], Callable[[Any], Any]]:
    """The step is compiled once for each batch size; with ``scan`` the whole epoch is one call."""
    jax.config.update("jax_enable_x64", work.dtype == "float64")
    arrays = work.load()
    x, y = jnp.asarray(arrays[0]), jnp.asarray(arrays[1].astype("int32"))
    params = jax.tree.map(jnp.asarray, work.weights())
    update = {"sgd": sgd, "adam": adam}[work.optimizer]
    start = (jax.tree.map(jnp.zeros_like, params), jax.tree.map(jnp.zeros_like, params), jnp.zeros(()))
    held = [params, start if work.optimizer == "adam" else ()]

    def step(params: Any, state: Any, x: Any, y: Any) -> Any:
        value, grads = jax.value_and_grad(loss_of)(params, x, y)
        return (*update(params, grads, state), value)

    jitted = jax.jit(step, donate_argnums=(0, 1))

    @partial(jax.jit, donate_argnums=(0, 1))
    def sweep(params: Any, state: Any, x: Any, y: Any, rows: Any) -> Any:
        def body(carry: Any, some: Any) -> Any:
            params, state, value = step(*carry, x[some], y[some])
            return (params, state), value

        (params, state), values = jax.lax.scan(body, (params, state), rows)
        return params, state, values.sum()

    def by_step(number: int) -> float:
        losses = []
        for rows in work.batches(number, len(x)):
            some = (x[rows], y[rows]) if len(rows) < len(x) else (x, y)
            held[0], held[1], value = jitted(held[0], held[1], *some)
            losses.append((value, len(rows)))
        return sum(float(value) * n for value, n in losses) / len(x)

    def whole(number: int) -> float:
        batches = work.batches(number, len(x))
        full = [rows for rows in batches if len(rows) == work.batch]
        held[0], held[1], values = sweep(held[0], held[1], x, y, jnp.asarray(np.stack(full)))
        total = float(values) * work.batch
        for rows in batches[len(full) :]:
            held[0], held[1], value = jitted(held[0], held[1], x[rows], y[rows])
            total += float(value) * len(rows)
        return total / len(x)

    return (whole if scan else by_step), lambda images: images
