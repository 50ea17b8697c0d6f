(function () {
  "use strict";
  var english = document.getElementById("language-en");
  var dutch = document.getElementById("language-nl");
  function tell() { document.documentElement.lang = english.checked ? "en" : "nl"; }
  if (location.hash === "#en") { english.checked = true; }
  [english, dutch].forEach(function (choice) { choice.addEventListener("change", tell); });
  tell();

  document.querySelectorAll("table[data-sortable]").forEach(function (table) {
    table.querySelectorAll("thead th").forEach(function (head, column) {
      head.querySelector("button").addEventListener("click", function () {
        var number = head.classList.contains("num");
        var first = number ? "descending" : "ascending";
        var other = number ? "ascending" : "descending";
        var next = head.getAttribute("aria-sort") === first ? other : first;
        var sign = next === "ascending" ? 1 : -1;
        table.querySelectorAll("thead th").forEach(function (one) { one.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", next);
        var body = table.tBodies[0];
        Array.from(body.rows).sort(function (a, b) {
          var x = a.cells[column].dataset.order, y = b.cells[column].dataset.order;
          return sign * (number ? Number(x) - Number(y) : x.localeCompare(y, "nl"));
        }).forEach(function (row) { body.appendChild(row); });
      });
    });
  });

  var panel = document.getElementById("panel-rows");
  var name = document.getElementById("panel-name");
  var hint = document.getElementById("panel-hint");
  function show(code, on) {
    var row = document.getElementById("area-" + code);
    if (!row) { return; }
    row.classList.toggle("on", on);
    if (!on) { return; }
    var heads = row.closest("table").tHead.rows[0].cells;
    hint.hidden = true;
    name.replaceChildren.apply(name, Array.from(row.cells[0].cloneNode(true).childNodes));
    panel.replaceChildren();
    for (var i = 1; i < row.cells.length; i++) {
      var term = document.createElement("dt"), value = document.createElement("dd");
      term.append.apply(term, Array.from(heads[i].querySelector("button").cloneNode(true).childNodes));
      value.append.apply(value, Array.from(row.cells[i].cloneNode(true).childNodes));
      panel.append(term, value);
    }
  }
  document.querySelectorAll("#map a[data-area]").forEach(function (link) {
    var code = link.dataset.area;
    ["mouseenter", "focus"].forEach(function (event) { link.addEventListener(event, function () { show(code, true); }); });
    ["mouseleave", "blur"].forEach(function (event) { link.addEventListener(event, function () { show(code, false); }); });
  });
  var areas = document.getElementById("areas-table");
  areas.querySelectorAll("tbody tr").forEach(function (row) {
    var code = row.id.slice(5);
    var shape = Array.from(document.querySelectorAll("#map a[data-area]")).find(function (link) { return link.dataset.area === code; });
    function mark(on) { show(code, on); if (shape) { shape.firstElementChild.classList.toggle("on", on); } }
    row.addEventListener("mouseenter", function () { mark(true); });
    row.addEventListener("mouseleave", function () { mark(false); });
  });
})();
