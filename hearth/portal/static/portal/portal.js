// The portal as an app: a service worker that keeps a page for the time without a network, and nothing private.
if ("serviceWorker" in navigator && window.isSecureContext) {
  navigator.serviceWorker.register("/service-worker.js", { scope: "/" }).catch(() => {});
}
