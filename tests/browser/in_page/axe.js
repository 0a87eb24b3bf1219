// Return the violations that axe-core finds, as readable lines.
async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const only = { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] };
  const { violations } = await axe.run(document, only);
  const beside = (check) => check?.relatedNodes.map((one) => one.html.slice(0, 160)).join(" ") ?? "";
  const why = ({ html, any, all, none }) => {
    const check = any[0] ?? all[0] ?? none[0];
    return `${html.slice(0, 160)} ${check?.message ?? ""} ${beside(check)}`;
  };
  return violations.map(
    ({ id, impact, help, nodes }) =>
      `${id} (${impact}): ${help}: ${nodes.length} x ${nodes.slice(0, 3).map(why).join(" | ")}`,
  );
};
