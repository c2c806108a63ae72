// Before anything is painted: light or dark, as was chosen on this device or else as the system is. The switch is in src/panel/theme.ts.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('parapet-theme');
  } catch {
    // A browser that keeps nothing follows its system.
  }
  const light = chosen ? chosen === 'light' : matchMedia('(prefers-color-scheme: light)').matches;
  document.documentElement.dataset.theme = light ? 'light' : 'dark';
})();
