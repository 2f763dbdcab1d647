export const head = `<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui; }
main { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; display: grid; gap: 1rem; }
form { display: flex; flex-wrap: wrap; gap: 0.5rem; }
table { border-collapse: collapse; } td { padding: 0.25rem 0.5rem; border-bottom: 1px solid; }
:focus-visible { outline: 3px solid; outline-offset: 2px; }
</style>`;
