// 页面通用行为,全部是增强:没有脚本时同一页面照常可读、同一表单照常提交。
(function () {
  "use strict";
  const $$ = (selector, root) => Array.from((root || document).querySelectorAll(selector));

  // 确认:<form data-confirm="签发第18期纪要" data-confirm-text="签发后锁定…" data-confirm-action="签发"> 或写在提交按钮上。
  function ask(source, submitter) {
    const title = source.dataset.confirm;
    const text = source.dataset.confirmText || "";
    const action = source.dataset.confirmAction || (submitter && submitter.textContent.trim()) || "办理";
    const dialog = document.createElement("dialog");
    if (!dialog.showModal) return Promise.resolve(window.confirm(text ? title + "\n" + text : title));
    dialog.className = "ask";
    dialog.setAttribute("aria-labelledby", "ask-title");
    dialog.innerHTML = '<form method="dialog"><h2 id="ask-title"></h2><p></p><div class="acts">' +
      '<button class="btn" value="">取消</button><button class="btn btn-primary" value="yes"></button></div></form>';
    dialog.querySelector("h2").textContent = title;
    dialog.querySelector("p").textContent = text;
    dialog.querySelector(".btn-primary").textContent = action;
    document.body.append(dialog);
    dialog.showModal();
    return new Promise((resolve) => dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    }));
  }

  function submitAgain(form, submitter) {
    if (form.requestSubmit) return form.requestSubmit(submitter || undefined);
    if (submitter) return submitter.click();
    return form.submit();
  }

  const agreed = new WeakSet();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const submitter = event.submitter;
    const source = submitter && submitter.dataset.confirm ? submitter : form;
    if (source.dataset.confirm && !agreed.has(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(source, submitter).then((yes) => {
        if (!yes) return;
        agreed.add(form);
        submitAgain(form, submitter);
      });
      return;
    }
    agreed.delete(form);
    if ((form.getAttribute("method") || "get").toLowerCase() === "post") busy(form, submitter);
  }, true);

  // 防重复:提交后按钮禁用,data-busy 给出“正在签发”;回到页面、换入片段后复原。
  function busy(form, submitter) {
    const button = submitter || form.querySelector("[type=submit], button:not([type])");
    if (!button) return;
    window.setTimeout(() => {
      if (button.disabled) return;
      button.disabled = true;
      button.dataset.wasBusy = "";
      if (button.dataset.busy) {
        button.dataset.label = button.innerHTML;
        button.textContent = button.dataset.busy;
      }
    });
  }
  function idle() {
    $$("[data-was-busy]").forEach((button) => {
      button.disabled = false;
      delete button.dataset.wasBusy;
      if (button.dataset.label !== undefined) {
        button.innerHTML = button.dataset.label;
        delete button.dataset.label;
      }
    });
  }
  window.addEventListener("pageshow", idle);
  document.addEventListener("htmx:finally:request", idle);

  // 换入的拦截或出错片段:滚到眼前并接过焦点,读屏随即读出。
  document.addEventListener("htmx:after:swap", () => {
    const news = document.querySelector("#flash [data-focus]");
    if (!news) return;
    news.removeAttribute("data-focus");
    news.focus({ preventScroll: true });
    const top = news.getBoundingClientRect().top;
    if (top < 60 || top > window.innerHeight - 120) news.scrollIntoView({ block: "start" });
  });

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-dismiss], [data-show], [data-fill-user], [role=tab]");
    // 点别处收起菜单
    $$("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    if (!target) return;
    if (target.dataset.dismiss) target.closest(target.dataset.dismiss).remove();
    if (target.dataset.show) {
      const input = document.getElementById(target.dataset.show);
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      target.setAttribute("aria-pressed", String(shown));
    }
    if (target.dataset.fillUser) {
      document.getElementById("id_username").value = target.dataset.fillUser;
      document.getElementById("id_password").value = target.dataset.fillPassword;
      document.querySelector(".gate-form [data-busy]").focus();
    }
    if (target.matches("[role=tab]")) pickTab(target);
  });

  // 选项卡:<button role="tab" aria-controls="面板 id">;无脚本时所有面板都在页上。
  function pickTab(tab) {
    $$("[role=tab]", tab.closest("[role=tablist]")).forEach((other) => {
      const on = other === tab;
      other.setAttribute("aria-selected", String(on));
      other.tabIndex = on ? 0 : -1;
      const panel = document.getElementById(other.getAttribute("aria-controls"));
      if (panel) panel.hidden = !on;
    });
  }
  function startTabs() {
    $$("[role=tablist]").forEach((list) => {
      const tab = list.querySelector("[role=tab][aria-selected=true]");
      if (tab) pickTab(tab);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      $$("details.menu[open]").forEach((menu) => {
        menu.open = false;
        menu.querySelector("summary").focus();
      });
    }
    if (event.target.matches("[role=tab]") && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
      const tabs = $$("[role=tab]", event.target.closest("[role=tablist]"));
      const step = event.key === "ArrowRight" ? 1 : tabs.length - 1;
      const next = tabs[(tabs.indexOf(event.target) + step) % tabs.length];
      next.focus();
      pickTab(next);
    }
  });
  document.addEventListener("htmx:after:swap", startTabs);
  startTabs();

  // 服务器没有回应时说清楚:已填内容还在页上。
  document.addEventListener("htmx:error", () => {
    const flash = document.getElementById("flash");
    if (!flash || flash.querySelector("[data-offline]")) return;
    flash.insertAdjacentHTML("beforeend", '<div class="verdict verdict-warn" role="alert" data-offline><i class="ti ti-wifi-off" aria-hidden="true"></i>' +
      "<div><b>网络中断，这一步还没有办成</b><span>填写的内容仍在本页，网络恢复后请再办一次。</span></div>" +
      '<button class="btn" type="button" data-dismiss=".verdict">知道了</button></div>');
  });
})();
