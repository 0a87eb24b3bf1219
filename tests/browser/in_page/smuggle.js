// Try several ways of injecting a script. Each that runs adds its name to `ran`.
() => {
  const script = document.createElement("script");
  script.textContent = "ran.push('inline script')";
  const markup = document.createElement("div");
  markup.innerHTML = `<button id="pressed" onclick="ran.push('handler')">x</button>
    <a id="followed" href="javascript:ran.push('link')">x</a>
    <iframe srcdoc="<script>parent.ran.push('frame')</script>"></iframe>
    <p id="styled" style="position: fixed">x</p>`;
  document.body.append(script, markup);
  document.getElementById("pressed").click();
  document.getElementById("followed").click();
  setTimeout(() => {
    try {
      // biome-ignore lint/security/noGlobalEval: the test checks that the policy of the page refuses it
      eval("ran.push('eval')");
    } catch {
      ran.push("refused");
    }
  });
};
