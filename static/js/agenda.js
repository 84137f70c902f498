// 拖动调整议程次序;上移、下移按钮没有脚本也能用。
(function () {
  "use strict";
  const list = document.getElementById("agenda-list"), form = document.getElementById("reorder-form");
  if (!list || !form || !window.Sortable) return;
  list.classList.add("is-sortable");
  window.Sortable.create(list, {
    handle: ".plan-drag", ghostClass: "plan-ghost", animation: 0,
    onEnd: (event) => {
      if (event.oldIndex === event.newIndex) return;
      form.elements.order.value = Array.from(list.children).map((row) => row.dataset.entry).join(",");
      form.submit();
    },
  });
})();
