try {
  const display = JSON.parse(localStorage.getItem("cascadian.display") || "{}");
  const root = document.documentElement;
  if (display.theme === "dark" || display.theme === "light") root.dataset.theme = display.theme;
  if (["compact", "default", "comfortable"].includes(display.density) && !root.dataset.density)
    root.dataset.density = display.density;
} catch {}
