// The loss of a picture.

// `classification` and `regression`: what each anchor costs; `label`: 1 positive, 0 negative, -1 takes no part. A divisor
// that is null is the number of anchors that take part. Numbers are float64: the sums are Python's but for rounding.
export function addUp(classification, regression, label, { balance, n_cls = null, n_reg = null }) {
  let [classes, boxes, part] = [0, 0, 0];
  label.forEach((own, i) => {
    if (own < 0) return;
    part++;
    classes += classification[i];
    if (own === 1) boxes += regression[i];
  });
  const [byClass, byBox] = [n_cls ?? part, n_reg ?? part];
  const sums = { classes, boxes, part };
  classes /= byClass > 0 ? byClass : 1;
  boxes /= byBox > 0 ? byBox : 1;
  return { total: classes + balance * boxes, classification: classes, regression: boxes, n_cls: byClass, n_reg: byBox, sums };
}
