// 议题表单:停 0.8 秒自动保存,断网时存在本机,材料选好即传。没有脚本时同一表单照常提交。
(function () {
  "use strict";
  const form = document.getElementById("item-form");
  if (!form) return;
  const PAUSE = 800, RETRY = 5000;
  const status = form.querySelector("[data-saved]");
  const keep = () => "draft:" + form.dataset.keep;
  const version = form.elements.version;
  let timer = 0, busy = false, dirty = false, stopped = false, leaving = false, waiting = null;

  function say(icon, text, css) {
    status.className = "card-more saved " + (css || "");
    status.innerHTML = '<i class="ti ti-' + icon + '" aria-hidden="true"></i><span></span>';
    status.querySelector("span").textContent = text;
  }
  function typed() {
    const values = {};
    new FormData(form).forEach((value, name) => {
      if (typeof value === "string" && !["csrfmiddlewaretoken", "version", "then"].includes(name)) values[name] = value;
    });
    return values;
  }
  function store() {
    try { localStorage.setItem(keep(), JSON.stringify({ at: Date.now(), version: version.value, values: typed() })); } catch (full) { return false; }
    return true;
  }
  function forget() { try { localStorage.removeItem(keep()); } catch (closed) { /* 本机存储被禁用,没有可删的 */ } }

  // 上次没有送到服务器的内容:版本没变就放回表单,变了就请人选择。
  function restore() {
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(keep())); } catch (broken) { forget(); }
    if (!kept || !kept.values) return;
    const now = typed();
    if (Object.keys(kept.values).every((name) => (now[name] || "") === kept.values[name])) { forget(); return; }
    const note = document.createElement("div");
    note.className = "verdict verdict-warn mb-3";
    note.setAttribute("role", "status");
    note.innerHTML = '<i class="ti ti-history" aria-hidden="true"></i><div><b>本机有一份没有保存上的内容</b><span></span></div>' +
      '<button class="btn" type="button">放回表单</button><button class="btn ms-0" type="button">不要了</button>';
    note.querySelector("span").textContent = "存于 " + new Date(kept.at).toLocaleString("zh-CN") + "，放回后会自动保存。";
    const [put, drop] = note.querySelectorAll("button");
    put.addEventListener("click", () => {
      while (kept.values["concerned-TOTAL_FORMS"] > form.elements["concerned-TOTAL_FORMS"].value) addRow();
      Object.entries(kept.values).forEach(([name, value]) => {
        const control = form.elements[name];
        if (control && name !== "concerned-TOTAL_FORMS" && name !== "concerned-INITIAL_FORMS") control.value = value;
      });
      note.remove();
      later();
    });
    drop.addEventListener("click", () => { forget(); note.remove(); });
    form.before(note);
  }

  function later() {
    dirty = true;
    const kept = store();
    window.clearTimeout(timer);
    if (form.dataset.autosave && !stopped) timer = window.setTimeout(save, PAUSE);
    else if (!form.dataset.autosave) say("device-floppy", kept ? "未保存，已在本机暂存" : "未保存", "muted");
  }
  function faults(errors) {
    form.querySelectorAll("[data-fault]").forEach((old) => old.remove());
    form.querySelectorAll("[data-was-wrong]").forEach((control) => { control.classList.remove("is-invalid"); delete control.dataset.wasWrong; });
    Object.entries(errors || {}).forEach(([name, texts]) => {
      const control = form.elements[name];
      if (!control || !control.classList) return;
      control.classList.add("is-invalid");
      control.dataset.wasWrong = "";
      const note = document.createElement("div");
      note.className = "invalid-feedback d-block";
      note.dataset.fault = "";
      note.textContent = texts.join("；");
      control.after(note);
    });
  }
  function body() {
    const data = new FormData(form);
    Array.from(data.keys()).forEach((name) => { if (data.get(name) instanceof File) data.delete(name); });
    return data;
  }
  async function save() {
    if (busy) { window.clearTimeout(timer); timer = window.setTimeout(save, 300); return; }
    busy = true;
    dirty = false;
    say("refresh", "正在保存", "muted");
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: body(), headers: { Accept: "application/json" }, credentials: "same-origin" });
      const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
      if (answer.redirected) { stopped = true; store(); say("alert-octagon", "登录已过期，内容已在本机暂存，请重新登录", "is-fail"); return; }
      if (answer.status === 409) { conflict(told); return; }
      if (!answer.ok) { store(); say("alert-octagon", told.message || "保存失败，内容已在本机暂存", "is-fail"); return; }
      version.value = told.version;
      if (told.url) begun(told);
      faults(told.errors);
      if (Object.keys(told.errors || {}).length) { store(); say("alert-triangle", "已保存 " + told.saved_at + "，有 " + Object.keys(told.errors).length + " 处待改", "muted"); return; }
      if (!dirty) forget();
      say("cloud-check", "已保存 " + told.saved_at);
    } catch (offline) {
      dirty = true;
      store();
      say("wifi-off", "网络中断，已在本机暂存，连接后自动保存", "is-fail");
      timer = window.setTimeout(save, RETRY);
    } finally {
      busy = false;
      if (waiting) goOn();
    }
  }
  // 正在自动保存时按了申报或保存:等这次保存有了结果再交,否则新议题会存成两份。
  function goOn() {
    const submitter = waiting.submitter;
    waiting = null;
    document.dispatchEvent(new Event("htmx:finally:request")); // 按钮复原,才会随表单一起交
    if (form.requestSubmit) form.requestSubmit(submitter || undefined);
    else if (submitter) submitter.click();
    else form.submit();
  }
  function begun(told) {
    forget();
    form.dataset.keep = told.url.replace(/\D+/g, " ").trim().replace(/^/, "item-");
    form.dataset.autosave = told.autosave;
    form.dataset.upload = told.upload;
    form.action = told.url;
    window.history.replaceState(null, "", told.url);
  }
  function conflict(told) {
    stopped = true;
    store();
    say("alert-octagon", "内容刚被他人更新，没有保存", "is-fail");
    const current = told.current || {};
    const note = document.createElement("section");
    note.className = "card mb-3";
    note.setAttribute("role", "alert");
    note.innerHTML = '<div class="verdict verdict-warn"><i class="ti ti-refresh" aria-hidden="true"></i><div><b></b><span>您填写的内容仍在本页和本机。打开最新内容后，可以放回您的这一份再改。</span></div><a class="btn" href="">打开最新内容</a></div><dl class="facts facts-v card-body mb-0"></dl>';
    note.querySelector("b").textContent = (current.by || "他人") + " 更新了这项内容";
    const list = note.querySelector("dl");
    (current.changes || []).forEach((change) => {
      const dt = document.createElement("dt"), dd = document.createElement("dd"), del = document.createElement("del");
      dt.textContent = change.label;
      del.textContent = change.before;
      dd.append(del, " " + change.after);
      list.append(dt, dd);
    });
    form.before(note);
    note.scrollIntoView({ block: "center" });
  }

  // 利害回避人:再加一行
  const add = form.querySelector("[data-add-row]");
  function addRow() {
    const total = form.elements["concerned-TOTAL_FORMS"];
    const blank = form.querySelector("[data-blank]").innerHTML.replace(/__prefix__/g, total.value);
    form.querySelector("[data-rows]").insertAdjacentHTML("beforeend", blank);
    total.value = Number(total.value) + 1;
  }
  add.hidden = false;
  add.addEventListener("click", () => { addRow(); form.querySelector("[data-rows] > :last-child select").focus(); });

  // 材料:有了编号就选好即传;还没有就随表单一起交
  const picker = form.elements["upload-files"];
  const fault = form.querySelector("[data-upload-fault]");
  picker.addEventListener("change", async () => {
    if (!form.dataset.upload || !picker.files.length) return;
    const data = new FormData();
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.set("upload-kind", form.querySelector("[name=upload-kind]:checked").value);
    Array.from(picker.files).forEach((file) => data.append("upload-files", file));
    fault.textContent = "";
    say("upload", "正在上传", "muted");
    try {
      const answer = await fetch(form.dataset.upload, { method: "POST", body: data, headers: { Accept: "application/json" }, credentials: "same-origin" });
      const told = await answer.json();
      if (!answer.ok) throw new Error((told.errors || [told.message || "没有传上，请重选文件"]).join("；"));
      version.value = told.version;
      form.querySelector("[data-files]").innerHTML = told.html;
      picker.value = "";
      say("cloud-check", "已上传");
    } catch (problem) {
      fault.className = "invalid-feedback d-block";
      fault.textContent = problem instanceof TypeError ? "网络中断，文件没有传上，请稍后重选。" : problem.message;
      picker.value = "";
      say("alert-octagon", "文件没有传上", "is-fail");
    }
  });

  // 金额:元换算成万元
  const amount = form.elements.amount, wan = form.querySelector("[data-wan]");
  function convert() {
    const yuan = Number(amount.value.replace(/[,，\s元]/g, ""));
    wan.textContent = amount.value.trim() && Number.isFinite(yuan) ? "即 " + (yuan / 10000).toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 6 }) + " 万元" : "";
  }
  amount.addEventListener("input", convert);

  form.addEventListener("input", (event) => { if (event.target.type !== "file" && !event.target.closest("[data-rows]")) later(); });
  form.addEventListener("change", (event) => { if (event.target.type !== "file" && !event.target.name.startsWith("upload-")) later(); });
  form.addEventListener("submit", (event) => {
    window.clearTimeout(timer);
    if (busy) { event.preventDefault(); waiting = { submitter: event.submitter }; return; }
    leaving = true;
    store();
  });
  window.addEventListener("pagehide", () => { if (dirty && !leaving) store(); });
  window.addEventListener("online", () => { if (dirty && !stopped && form.dataset.autosave) save(); });
  restore();
  // 脚本到得慢时,到之前填的内容也要保存。
  if (Array.from(form.elements).some((one) => one.matches("textarea, input[type=text]") && one.value !== one.defaultValue)) later();
})();
