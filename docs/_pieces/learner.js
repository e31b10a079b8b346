/* A network of one hidden layer of sigmoids and a softmax, which learns by gradient descent with momentum.

   Its numbers are lists of rows, W[k][j] from k to j as in fnnet's Affine, and nothing is changed in place: a step
   makes a new network, so that every moment can be kept and come back to. */

/* What the network says of x: its hidden units, and the shares of the classes. */
export function say({ W1, b1, W2, b2 }, x) {
  const g = layer(x, W1, b1).map((a) => 1 / (1 + Math.exp(-a)));
  const logits = layer(g, W2, b2);
  const largest = Math.max(...logits);
  const powers = logits.map((a) => Math.exp(a - largest));
  const total = powers.reduce((sum, power) => sum + power);
  return { g, p: powers.map((power) => power / total) };
}

function layer(x, W, b) {
  return b.map((bias, j) => x.reduce((sum, value, k) => sum + value * W[k][j], 0) + bias);
}

/* The mean over the rows [{ x, y }] of minus log p of the right class. */
export function lossOf(net, rows) {
  return rows.reduce((sum, { x, y }) => sum - Math.log(say(net, x).p[y]), 0) / rows.length;
}

/* The slope of the loss in every weight, in the shape of the network. */
export function slopesOf(net, rows) {
  const slopes = mapped(net, () => 0);
  for (const { x, y } of rows) {
    const { g, p } = say(net, x);
    const atLogits = p.map((share, i) => (share - (i === y ? 1 : 0)) / rows.length);
    const errorOn = (j) => atLogits.reduce((sum, error, i) => sum + error * net.W2[j][i], 0);
    const atHidden = g.map((out, j) => out * (1 - out) * errorOn(j));
    add(slopes.W2, slopes.b2, g, atLogits);
    add(slopes.W1, slopes.b1, x, atHidden);
  }
  return slopes;
}

function add(dW, db, inputs, errors) {
  errors.forEach((error, j) => {
    db[j] += error;
    inputs.forEach((input, k) => (dW[k][j] += input * error));
  });
}

/* The first moment of a network: nothing is in motion yet. */
export function firstMoment(net) {
  return { net, velocity: mapped(net, () => 0) };
}

/* The moment after it: v <- momentum v + slope, and each weight goes against lr v. */
export function nextMoment({ net, velocity }, rows, { lr, momentum }) {
  const moved = mapped(slopesOf(net, rows), (slope, v) => momentum * v + slope, velocity);
  return { net: mapped(net, (weight, v) => weight - lr * v, moved), velocity: moved };
}

/* A network of the same shape, of what f says of each number, and of that at its place in others. */
function mapped(net, f, ...others) {
  const walk = (value, ...beside) =>
    Array.isArray(value) ? value.map((part, i) => walk(part, ...beside.map((one) => one[i]))) : f(value, ...beside);
  return Object.fromEntries(Object.keys(net).map((name) => [name, walk(net[name], ...others.map((one) => one[name]))]));
}
