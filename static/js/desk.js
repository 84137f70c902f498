// 会议记录工作台:逐项自动保存、断网暂存、他人修改提示、快捷键。没有脚本时同一表单照常提交。
(function () {
  "use strict";
  const desk = document.getElementById("desk");
  if (!desk || !window.fetch || !window.FormData) return;
  const $ = (id) => document.getElementById(id);
  const $$ = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const PREFIX = "desk:" + desk.dataset.user + ":" + desk.dataset.meeting + ":";
  const KEYS_OFF = "desk:keys:" + desk.dataset.user;
  const WAIT = 800, POLL = 6000, RETRY = 4000;
  const TYPED = "textarea, select, input:not([type=radio]):not([type=checkbox]):not([type=hidden])";
  const known = $("desk-hashes") ? JSON.parse($("desk-hashes").textContent) : {};
  const states = new WeakMap();
  let stamp = desk.dataset.stamp, openSay = "", behind = false, isOffline = false, leaving = false;
  desk.classList.add("js");

  // --- 小工具 ------------------------------------------------------------------------------------
  function el(tag, attributes, children) {
    const node = document.createElement(tag);
    Object.entries(attributes || {}).forEach(([name, value]) => node.setAttribute(name, value));
    (children || []).forEach((child) => node.append(child));
    return node;
  }
  function button(text, onClick, name) {
    const node = el("button", { type: "button", class: name || "btn btn-sm" }, [text]);
    node.addEventListener("click", onClick);
    return node;
  }
  const icon = (name) => el("i", { class: "ti ti-" + name, "aria-hidden": "true" });
  const plain = (text) => String(text === undefined || text === null ? "" : text).replace(/\r\n/g, "\n");
  const stateOf = (form) => states.get(form) || (states.set(form, {}), states.get(form));
  const shownFields = (form) => Array.from(form.elements).filter((f) => f.name && f.type !== "hidden" && f.type !== "submit");

  // 一个表单此刻的值,与服务器给出时的值(浏览器的 default 属性就是那份底稿)。
  function values(form) {
    const found = {};
    shownFields(form).forEach((f) => {
      if (f.type === "radio") found[f.name] = f.checked ? f.value : found[f.name] || "";
      else if (f.type === "checkbox") found[f.name] = (found[f.name] || "") + (f.checked ? f.value + "," : "");
      else found[f.name] = plain(f.value);
    });
    return found;
  }
  function bases(form) {
    const found = {};
    shownFields(form).forEach((f) => {
      if (f.type === "radio") found[f.name] = f.defaultChecked ? f.value : found[f.name] || "";
      else if (f.type === "checkbox") found[f.name] = (found[f.name] || "") + (f.defaultChecked ? f.value + "," : "");
      else if (f.tagName === "SELECT") {
        const chosen = Array.from(f.options).find((o) => o.defaultSelected) || f.options[0];
        found[f.name] = chosen ? chosen.value : "";
      } else found[f.name] = plain(f.defaultValue);
    });
    return found;
  }
  function fill(form, wanted, asBase) {
    shownFields(form).forEach((f) => {
      if (!(f.name in wanted)) return;
      const value = wanted[f.name];
      if (f.type === "radio") { f.checked = f.value === value; if (asBase) f.defaultChecked = f.checked; }
      else if (f.type === "checkbox") { f.checked = value.split(",").includes(f.value); if (asBase) f.defaultChecked = f.checked; }
      else if (f.tagName === "SELECT") {
        f.value = value;
        if (asBase) Array.from(f.options).forEach((o) => { o.defaultSelected = o.value === value; });
      } else { f.value = value; if (asBase) f.defaultValue = value; }
    });
  }
  // 只把底稿改成已保存的值,不动正在输入的内容。
  function rebase(form, saved) {
    const now = values(form);
    fill(form, saved, true);
    fill(form, now, false);
  }
  const same = (a, b) => Object.keys(a).every((name) => plain(a[name]) === plain(b[name]));
  const isDirty = (form) => !same(values(form), bases(form));
  const versionField = (form) => form.querySelector("input[name=version]");
  function setVersion(form, version) {
    if (!version) return;
    const record = form.dataset.record;
    $$("form[data-record]").filter((f) => f.dataset.record === record).forEach((f) => {
      if (versionField(f)) versionField(f).value = version;
    });
    $$("[data-version-of]").filter((f) => f.dataset.versionOf === record).forEach((f) => { f.value = version; });
  }

  // --- 保存状态 ----------------------------------------------------------------------------------
  function saved(text, name, look) {
    const node = $("saved");
    if (!node) return;
    node.className = "saved " + (look || "");
    node.querySelector(".ti").className = "ti ti-" + name;
    $("saved-text").textContent = text;
  }
  const saveForms = () => $$("form[data-save]", desk);
  const pending = () => saveForms().filter((form) => isDirty(form) || stateOf(form).saving || stateOf(form).queued);
  let lastSaved = clockNow();
  function report(at) {
    if (at) lastSaved = at;
    const waiting = pending();
    if (waiting.some((form) => stateOf(form).saving)) return saved("正在保存", "refresh", "muted");
    if (waiting.length) {
      const failed = isOffline || waiting.some((form) => stateOf(form).fault || stateOf(form).conflict);
      return saved(waiting.length + " 处未保存", failed ? "alert-octagon" : "pencil", failed ? "is-fail" : "muted");
    }
    return saved("已保存 " + lastSaved, "cloud-check", "");
  }
  function offline(is) {
    if (isOffline === is) return;
    isOffline = is;
    const box = $("offline");
    box.hidden = !is;
    box.replaceChildren();
    if (is) {
      const words = el("div", {}, [el("b", {}, ["网络中断，已在本机暂存，连接后自动保存。"]), el("span", {}, ["可以继续录入。"])]);
      box.append(el("div", { class: "verdict verdict-warn", role: "alert" }, [icon("wifi-off"), words]));
    } else {
      retry();
    }
    report();
  }

  // --- 本机暂存 ----------------------------------------------------------------------------------
  function keep(form) {
    const version = versionField(form);
    const data = {
      values: values(form), base: bases(form), version: version ? version.value : "", name: form.dataset.name,
      entry: desk.dataset.entry, url: window.location.pathname, at: Date.now(), queued: Boolean(stateOf(form).queued),
    };
    try { window.localStorage.setItem(PREFIX + form.id, JSON.stringify(data)); } catch (error) {
      if (!(error instanceof DOMException)) throw error; // 存储已满或被禁用:内容仍在页面上,离开前会提醒
    }
  }
  function forget(form) { window.localStorage.removeItem(PREFIX + form.id); }
  function stored() {
    return Object.keys(window.localStorage).filter((key) => key.startsWith(PREFIX))
      .map((key) => Object.assign(JSON.parse(window.localStorage.getItem(key)), { key: key, form: key.slice(PREFIX.length) }));
  }
  function restore() {
    const box = $("unsaved");
    box.replaceChildren();
    stored().forEach((data) => {
      const form = data.entry === desk.dataset.entry ? $(data.form) : null;
      if (!form) return orphan(box, data);
      if (same(data.values, values(form))) { window.localStorage.removeItem(data.key); return; }
      const server = values(form);
      fill(form, data.values, false);
      const version = versionField(form);
      if (form.closest("[data-say]")) show(form.closest("[data-say]").id, false);
      if (!version || version.value === data.version || same(data.base, server)) {
        if (data.queued) { stateOf(form).queued = true; act(form, null); }
        else if (form.matches("[data-save]:not([data-queue])")) save(form);
      } else {
        conflict(form, { fields: server, version: version.value, by: "", at: null });
      }
    });
    box.hidden = !box.children.length;
  }
  function orphan(box, data) {
    const text = Object.values(data.values).filter((value) => value && value.length > 1).join("；");
    if (!text) { window.localStorage.removeItem(data.key); return; }
    const isElsewhere = data.entry !== desk.dataset.entry;
    const words = el("div", {}, [
      el("b", {}, [data.name + "还没有保存"]),
      el("span", { class: "kept" }, [text]),
    ]);
    const row = el("div", { class: "verdict verdict-warn", role: "status" }, [icon("device-floppy"), words]);
    if (isElsewhere) row.append(el("a", { class: "btn btn-sm", href: data.url }, ["去保存"]));
    row.append(button("放弃", () => { window.localStorage.removeItem(data.key); row.remove(); box.hidden = !box.children.length; }));
    box.append(row);
  }

  // --- 发送 --------------------------------------------------------------------------------------
  function send(url, body, accept, extra) {
    const headers = Object.assign({
      Accept: accept, "X-Desk": "1",
      "X-Desk-Known": Object.entries(known).map((pair) => pair.join(":")).join(","),
    }, extra || {});
    return window.fetch(url, { method: body ? "POST" : "GET", body: body, headers: headers, credentials: "same-origin", cache: "no-store" });
  }
  async function json(response) {
    const type = response.headers.get("Content-Type") || "";
    return type.includes("application/json") ? response.json() : {};
  }

  async function save(form, tries) {
    const state = stateOf(form);
    window.clearTimeout(state.timer);
    if (state.saving) { state.again = true; return state.promise; }
    if (state.conflict) return false;
    if (!isDirty(form)) { forget(form); report(); return true; }
    const sent = values(form);
    state.saving = true;
    state.promise = attempt(form, state, sent, tries || 0);
    report();
    const ok = await state.promise;
    report(ok ? clockNow() : "");
    return ok;
  }
  async function attempt(form, state, sent, tries) {
    let response;
    try {
      response = await send(form.getAttribute("action"), new FormData(form), "application/json");
    } catch (error) {
      state.saving = false;
      if (!(error instanceof TypeError)) throw error;
      offline(true);
      return false;
    }
    const body = await json(response);
    state.saving = false;
    if (response.ok) {
      offline(false);
      fault(form, "");
      if ($("refusal").dataset.status === "422") $("refusal").replaceChildren(); // 补了一项,旧的拦截单不再作数
      rebase(form, sent);
      setVersion(form, body.version);
      if (isDirty(form)) keep(form); else forget(form);
      const again = state.again || isDirty(form);
      state.again = false;
      apply(body);
      return again && document.contains(form) ? save(form) : true;
    }
    if (response.status >= 500) { offline(true); return false; }
    offline(false);
    if (response.status === 409 && body.current && body.current.version) return settle(form, body.current, tries);
    fault(form, body.message || "保存失败，请刷新后再试。");
    if (response.status === 409 || response.status === 404) sync();
    return false;
  }
  // 别人先保存了同一条:若对方没动我改的内容,接着保存;否则两份并列,由人选。
  function settle(form, current, tries) {
    const mine = values(form), base = bases(form), theirs = {};
    let comparable = true;
    Object.keys(mine).forEach((name) => {
      if (name in current.fields) theirs[name] = plain(current.fields[name]); else comparable = false;
    });
    if (comparable && tries < 3 && (same(theirs, base) || same(theirs, mine))) {
      setVersion(form, current.version);
      if (same(theirs, mine)) { rebase(form, theirs); forget(form); sync(); return true; }
      return save(form, tries + 1);
    }
    conflict(form, { fields: comparable ? theirs : null, version: current.version, by: current.by, at: current.at });
    return false;
  }
  function conflict(form, theirs) {
    const state = stateOf(form);
    state.conflict = true;
    keep(form);
    if ($(form.id + "-conflict")) $(form.id + "-conflict").remove();
    const words = (fields) => shownFields(form).filter((f, i, all) => all.findIndex((o) => o.name === f.name) === i)
      .map((f) => label(form, f, fields[f.name])).filter(Boolean).join("；") || "（空）";
    const who = theirs.by ? theirs.by + "刚更新了" + form.dataset.name : form.dataset.name + "已被他人更新";
    const box = el("div", { class: "conflict", id: form.id + "-conflict", role: "alert", tabindex: "-1" }, [
      el("b", {}, [icon("alert-triangle"), who + "，您的修改还没有保存"]),
      el("dl", { class: "conflict-two" }, [
        el("div", {}, [el("dt", {}, ["对方的内容"]), el("dd", {}, [theirs.fields ? words(theirs.fields) : "见刷新后的页面"])]),
        el("div", {}, [el("dt", {}, ["我的内容"]), el("dd", {}, [words(values(form))])]),
      ]),
      el("div", { class: "acts" }, [
        button("保留我的内容", () => {
          done();
          setVersion(form, theirs.version);
          if (theirs.fields) rebase(form, theirs.fields);
          save(form);
        }),
        button("采用对方的内容", () => {
          done();
          if (theirs.fields) fill(form, theirs.fields, true); else form.reset();
          setVersion(form, theirs.version);
          forget(form);
          report();
          behind = true;
          sync();
        }),
      ]),
    ]);
    function done() { state.conflict = false; box.remove(); }
    form.append(box);
    report();
  }
  function label(form, field, value) {
    if (!value) return "";
    if (field.type === "radio") {
      const chosen = form.querySelector('[name="' + field.name + '"][value="' + value + '"]');
      return chosen ? chosen.parentElement.textContent.trim() : value;
    }
    if (field.tagName === "SELECT") {
      const option = Array.from(field.options).find((o) => o.value === value);
      return option ? option.textContent : value;
    }
    const name = field.getAttribute("aria-label") || "";
    const isOnly = form.querySelectorAll("textarea").length < 2 && field.tagName === "TEXTAREA";
    return isOnly ? value : name + "：" + value;
  }
  function fault(form, text) {
    stateOf(form).fault = Boolean(text);
    let node = form.querySelector(".form-fault");
    if (!text) { if (node) node.remove(); return; }
    if (!node) {
      node = el("div", { class: "form-fault invalid-feedback d-block", role: "alert" });
      form.append(node);
    }
    node.replaceChildren(icon("alert-octagon"), text);
    report();
  }

  async function flush() {
    const forms = saveForms().filter((form) => !form.matches("[data-queue]") && (isDirty(form) || stateOf(form).saving));
    const results = await Promise.all(forms.map((form) => save(form)));
    return results.every(Boolean);
  }
  function retry() {
    saveForms().forEach((form) => {
      const state = stateOf(form);
      if (state.queued) act(form, null);
      else if (!form.matches("[data-queue]") && isDirty(form) && !state.fault && !state.conflict) save(form);
    });
  }

  // --- 一步办理 ----------------------------------------------------------------------------------
  async function act(form, submitter) {
    const url = (submitter && submitter.getAttribute("formaction")) || form.getAttribute("action");
    const isQueued = form.matches("[data-queue]");
    if (!(await flush()) && !isQueued) {
      refuse("还有内容没有保存，这一步先不办", "请先处理未保存的内容，再办一次。");
      return idle();
    }
    const body = new FormData(form);
    if (submitter && submitter.name) body.append(submitter.name, submitter.value);
    let response;
    try {
      response = await send(url, body, "text/html", { "HX-Request": "true", "HX-Current-URL": window.location.href });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      if (isQueued) wait(form);
      else refuse("网络中断，这一步还没有办成", "填写的内容仍在本页，网络恢复后请再办一次。");
      offline(true);
      return idle();
    }
    idle();
    if (response.headers.get("HX-Redirect")) { leaving = true; window.location.href = response.headers.get("HX-Redirect"); return; }
    const type = response.headers.get("Content-Type") || "";
    if (!type.includes("json")) {
      $("refusal").innerHTML = await response.text();
      $("refusal").dataset.status = String(response.status);
      const news = $("refusal").querySelector("[data-focus]");
      if (news) news.focus();
      stateOf(form).queued = false;
      sync();
      return;
    }
    const answer = await response.json();
    if (!response.ok) { fault(form, answer.message); stateOf(form).queued = false; return; }
    offline(false);
    $("refusal").replaceChildren();
    stateOf(form).queued = false;
    if (answer.go) { leaving = true; window.location.href = answer.go; return; }
    fault(form, "");
    form.reset();
    form.classList.remove("is-open");
    forget(form);
    const menu = form.closest("details");
    if (menu) menu.open = false;
    if (document.activeElement && form.contains(document.activeElement)) document.activeElement.blur();
    apply(answer);
    if (answer.focus && answer.focus.startsWith("say-")) show(answer.focus, true);
    report(answer.at);
  }
  // 断网时新发言留在下面的框里,接着写,连上后自动补记。
  function wait(form) {
    stateOf(form).queued = true;
    form.classList.add("is-open");
    keep(form);
    report();
    const text = form.querySelector("textarea");
    if (text) text.focus();
  }
  function refuse(title, text) {
    const words = el("div", {}, [el("b", {}, [title]), el("span", {}, [text])]);
    $("refusal").replaceChildren(el("div", { class: "verdict verdict-warn", role: "alert" }, [icon("alert-triangle"), words,
      button("知道了", () => $("refusal").replaceChildren())]));
  }
  function idle() { document.dispatchEvent(new Event("htmx:finally:request")); }

  // --- 换入服务器的新内容,正在输入的地方一律不动 ---------------------------------------------------
  function isBusy(form) {
    const state = stateOf(form), at = document.activeElement;
    return Boolean(state.saving || state.conflict || state.queued || isDirty(form) || (at && form.contains(at) && at.matches(TYPED)));
  }
  const hasBusy = (node) => (node.matches("form") && isBusy(node)) || $$("form", node).some(isBusy);
  function patch(old, fresh) {
    if (!hasBusy(old)) { old.replaceWith(fresh); return true; }
    if (old.matches("form") || !old.id || old.id !== fresh.id) return false;
    const kept = Array.from(old.children).filter(hasBusy);
    Array.from(old.children).forEach((child) => { if (!kept.includes(child)) child.remove(); });
    let anchor = old.firstElementChild;
    Array.from(fresh.children).forEach((child) => {
      const twin = kept.find((node) => node.id && node.id === child.id);
      if (!twin) { old.insertBefore(child, anchor); return; }
      const next = twin.nextElementSibling;
      patch(twin, child);
      anchor = next;
    });
    return false;
  }
  function apply(body) {
    if (body.gone) { leaving = true; window.location.href = body.gone; return; }
    if (body.stamp) stamp = body.stamp;
    if (!body.panels) return;
    const at = document.activeElement && document.activeElement.id;
    const opened = $$("details[open]", document).map((node) => node.id).filter(Boolean);
    behind = false;
    Object.entries(body.panels).forEach(([id, panel]) => {
      const old = $(id);
      if (!old) return;
      const holder = document.createElement("template");
      holder.innerHTML = panel.html;
      if (patch(old, holder.content.firstElementChild)) known[id] = panel.hash;
      else { delete known[id]; behind = true; }
    });
    opened.forEach((id) => { if ($(id)) $(id).open = true; });
    if (at && $(at) && document.activeElement !== $(at) && (!document.activeElement || document.activeElement === document.body)) $(at).focus({ preventScroll: true });
    if ($("p-roll") && $("tab-present")) $("tab-present").textContent = $("p-roll").dataset.present;
    show(openSay, false);
    report(body.at);
  }
  async function sync() {
    if (!desk.dataset.changes) { if (isOffline) retry(); return; } // 纪要页没有轮询,断网时直接重存
    let response;
    try {
      response = await send(desk.dataset.changes + "?stamp=" + encodeURIComponent(behind ? "" : stamp), null, "application/json");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      offline(true);
      return;
    }
    if (response.status >= 500) return;
    offline(false);
    if (response.status === 304) return;
    const body = await json(response);
    if (response.ok) apply(body);
    else refuse(body.message || "页面已过时", "请刷新本页。已填内容保存在本机，刷新后会恢复。");
  }

  // --- 发言行:只展开正在记的一条 -------------------------------------------------------------------
  function show(id, focus) {
    const rows = $$("[data-say]", desk).filter((row) => row.querySelector(".say-edit"));
    if (!rows.length) return;
    let row = rows.find((r) => r.id === id);
    if (!row && id !== "none") {
      const spoken = rows.filter((r) => r.parentElement.id === "says");
      row = spoken[spoken.length - 1];
    }
    rows.forEach((r) => r.classList.toggle("is-now", r === row));
    openSay = row ? row.id : "";
    if (row && focus) {
      const text = row.querySelector("textarea");
      text.focus({ preventScroll: true });
      text.setSelectionRange(text.value.length, text.value.length);
      row.scrollIntoView({ block: "nearest" });
    }
  }

  // --- 事件 --------------------------------------------------------------------------------------
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form || !form.matches("#desk form[data-save], #desk form[data-keep]")) return;
    keep(form);
    if (event.target.matches(".say-edit textarea")) {
      const shown = event.target.closest("[data-say]").querySelector(".say-shown");
      shown.textContent = event.target.value || "（未记要点）";
    }
    if (!form.matches("[data-save]:not([data-queue])")) { report(); return; }
    const state = stateOf(form);
    state.fault = false;
    window.clearTimeout(state.timer);
    state.timer = window.setTimeout(() => save(form), event.target.matches("input[type=radio], select") ? 0 : WAIT);
    report();
  });
  document.addEventListener("focusout", () => {
    window.setTimeout(() => { if (behind && !leaving) sync(); }, 50);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target, submitter = event.submitter;
    if (event.defaultPrevented || !form.matches("form[method=post]")) return;
    if (!desk.contains(form)) return leave(event, form);
    if (form.matches("[data-save]") && !form.matches("[data-queue]") && !(submitter && submitter.hasAttribute("formaction"))) {
      event.preventDefault();
      save(form).then(idle);
    } else if (form.matches("[data-save], [data-act]")) {
      event.preventDefault();
      act(form, submitter);
    } else {
      leave(event, form);
    }
  });
  // 整页提交(休会、散会、开始审议):先保存,再走。
  function leave(event, form) {
    if (!pending().length) { leaving = true; return; }
    event.preventDefault();
    flush().then((ok) => {
      if (ok) { leaving = true; form.submit(); return; }
      refuse("还有内容没有保存，先不离开", "请先处理未保存的内容，再办一次。");
      idle();
    });
  }
  document.addEventListener("click", (event) => {
    const edit = event.target.closest("[data-say-edit]");
    if (edit) return show(edit.closest("[data-say]").id, true);
    const row = event.target.closest("[data-say]:not(.is-now)");
    if (row && row.querySelector(".say-edit")) return show(row.id, true);
    const link = event.target.closest("a[href]");
    if (!link || link.target || event.ctrlKey || event.metaKey || event.shiftKey) return undefined;
    const url = new URL(link.href, window.location.href);
    const here = $(url.hash.slice(1));
    if (url.hash && here && (link.getAttribute("href").startsWith("#") || url.pathname.endsWith("/desk/"))) {
      event.preventDefault();
      return reveal(here);
    }
    if (!pending().length || link.getAttribute("href").startsWith("#")) return undefined;
    event.preventDefault();
    return flush().then((ok) => {
      if (ok) { leaving = true; window.location.href = link.href; } else refuse("还有内容没有保存，先不离开", "请先处理未保存的内容。");
    });
  });
  function reveal(node) {
    const side = node.closest("#desk-left, #desk-main, #desk-right");
    const tab = side && $("tab-" + side.id.slice(5));
    if (tab && tab.offsetParent) tab.click();
    const menu = node.closest("details");
    if (menu) menu.open = true;
    node.scrollIntoView({ block: "start" });
    const field = node.matches("input, select, textarea") ? node : (node.closest(".block") || node.parentElement).querySelector(TYPED) || node;
    field.focus({ preventScroll: true });
  }
  const keysSwitch = $("keys-switch") || document.createElement("input"); // 纪要页没有快捷键
  keysSwitch.checked = window.localStorage.getItem(KEYS_OFF) !== "off";
  desk.classList.toggle("keys-off", !keysSwitch.checked);
  keysSwitch.addEventListener("change", () => {
    window.localStorage.setItem(KEYS_OFF, keysSwitch.checked ? "on" : "off");
    desk.classList.toggle("keys-off", !keysSwitch.checked);
  });
  document.addEventListener("keydown", (event) => {
    if (!keysSwitch.isConnected || !keysSwitch.checked || event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.ctrlKey && event.key === "Enter") {
      const form = $("say-new");
      if (!form) return;
      event.preventDefault();
      act(form, null);
    } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      const links = $$(".agenda a", desk);
      const at = links.findIndex((link) => link.getAttribute("aria-current"));
      const next = links[at + (event.key === "ArrowDown" ? 1 : -1)];
      if (!next) return;
      event.preventDefault();
      next.click();
    } else if (event.altKey && (event.key === "v" || event.key === "V" || event.code === "KeyV")) {
      const target = desk.querySelector("#p-vote .vote-in input:not([type=hidden])") || $("decision-text") || $("vote") || $("decision");
      if (!target) return;
      event.preventDefault();
      reveal(target);
    }
  });
  document.addEventListener("toggle", (event) => {
    const list = event.target.open && event.target.matches("#desk-right details") && event.target.lastElementChild;
    if (list) list.scrollIntoView({ block: "nearest" });
  }, true);
  window.addEventListener("beforeunload", (event) => {
    const typed = $$("form[data-keep]", desk).some(isDirty);
    if (leaving || (!pending().length && !typed)) return;
    event.preventDefault();
    event.returnValue = "";
  });
  window.addEventListener("offline", () => offline(true));
  window.addEventListener("online", () => sync());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) sync(); });

  // --- 钟与轮询 ----------------------------------------------------------------------------------
  // Every time on the page is the school's, whatever the device is set to.
  function clockNow() {
    return new Intl.DateTimeFormat("zh-CN", {
      timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    }).format(new Date());
  }

  const clock = $("clock");
  function tick() {
    if (!clock) return;
    const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(clock.dataset.since)) / 60000));
    clock.querySelector("span").textContent = minutes + " 分钟";
    clock.setAttribute("aria-label", "会议已进行 " + minutes + " 分钟");
  }
  window.setInterval(tick, 20000);
  window.setInterval(() => { if (!document.hidden && !leaving && !isOffline) sync(); }, POLL);
  window.setInterval(() => { if (isOffline && !leaving) sync(); }, RETRY);
  show("", false);
  report(clockNow());
  restore();
})();
