// Tables can be sorted and filtered; without script they stand as they are.
(() => {
  "use strict";
  const value = (row, column) => {
    const cell = row.children[column];
    const number = parseFloat(cell.dataset.value);
    return Number.isNaN(number) ? cell.textContent.trim() : number;
  };
  const before = (one, other) => {
    if (typeof one === typeof other) return typeof one === "number" ? one - other : one.localeCompare(other);
    return typeof one === "number" ? -1 : 1; // what has no number comes last
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...body.rows].sort((a, b) => before(value(a, column), value(b, column)) * (down ? -1 : 1));
        body.append(...rows);
      });
    });
  }
  for (const input of document.querySelectorAll("input[data-filters]")) {
    input.parentElement.hidden = false;
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      for (const row of document.querySelectorAll("table.sortable tbody tr")) row.hidden = !row.cells[0].textContent.toLowerCase().includes(wanted);
    });
  }
})();
