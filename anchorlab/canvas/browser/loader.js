// All that travels with each answer of a component: it hands over to the library, which came once
// with the photo. Until the library is there, the newest call of each element waits.

export default function loader(component) {
  const { anchorlabLibrary } = globalThis;
  if (anchorlabLibrary) return anchorlabLibrary[KIND](component);
  (globalThis.anchorlabWaiting ??= new Map()).set(component.parentElement, [KIND, component]);
  return () => globalThis.anchorlabLibrary?.letGo();
}
