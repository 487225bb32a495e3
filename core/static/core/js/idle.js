// Two minutes before the server signs an idle person out, ask whether they are still there.
const minutes = Number(document.body.dataset.idleMinutes);
const dialog = document.getElementById("idle-dialog");
const WARNING_SECONDS = 120;

if (minutes && dialog) {
  const form = dialog.querySelector("form");
  const left = dialog.querySelector("[data-idle-left]");
  let ends = 0;

  const restart = () => {
    ends = Date.now() + minutes * 60_000;
  };

  const stay = async (event) => {
    event.preventDefault();
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
    if (!answer.ok) return location.reload();
    dialog.close();
    restart();
  };

  const tick = () => {
    const seconds = Math.ceil((ends - Date.now()) / 1000);
    if (seconds <= 0) return location.reload();
    if (seconds > WARNING_SECONDS) return;
    if (!dialog.open) dialog.showModal();
    const words = seconds > 60 ? "2 minutes" : seconds > 30 ? "1 minute" : "30 seconds";
    if (left.textContent !== words) left.textContent = words;
  };

  form.addEventListener("submit", stay);
  dialog.addEventListener("cancel", stay);
  document.addEventListener("htmx:afterRequest", restart);
  restart();
  setInterval(tick, 5_000);
}
