// What stands on the page. Streamlit awaits an import before each call of a component. A call that newer data has
// overtaken is made all the same, and its cleanup is run, before the newer call or after it. So a cleanup says only
// that something may have gone; whether it has, its element tells.

const mounted = new Map(); // element -> lets go of what was made for it

// Lets go of everything whose element has left the page.
export function letGo() {
  for (const [root, leave] of mounted) {
    if (root.isConnected) continue;
    mounted.delete(root);
    leave?.();
  }
}

// A component's call: `run` takes what Streamlit gives and returns how to let go of what stands for the element.
export function mount(given, run) {
  letGo();
  const root = given.parentElement;
  if (root.isConnected) mounted.set(root, run(given)); // else the page has changed while the import was awaited
  return letGo;
}
