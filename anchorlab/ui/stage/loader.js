// All that travels with each answer of a component: it hands over to the library, which came once
// with the photo. Until the library is there, calls wait in order.

export default function loader(component) {
  const run = (library) => library[KIND](component);
  if (globalThis.anchorlabLibrary) return run(globalThis.anchorlabLibrary);
  let dispose;
  (globalThis.anchorlabWaiting ??= []).push((library) => (dispose = run(library)));
  return () => dispose?.();
}
