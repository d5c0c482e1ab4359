/** The page tries requests where it was loaded from, whatever name the installation goes by. */
const document = await (await fetch('openapi.json')).json();
const servers = [{ url: new URL('.', location.href).href.replace(/\/$/, '') }];

globalThis.SwaggerUIBundle({
  spec: { ...document, servers },
  dom_id: '#page',
  deepLinking: true,
  validatorUrl: null,
});
