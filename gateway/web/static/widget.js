/* "Buy on credit": one file, nothing loaded from elsewhere, no cookies, no tracking.
 *
 * <script src="https://…/shop/v1/widget.js" defer></script>
 * <div data-kvit-credit data-shop="short-name" data-price="45990.00" data-name="Sofa" data-category="furniture"
 *      data-lang="ru" data-rate="30" data-months="3,6,10,12,24"></div>
 *
 * Any number of them in a page; those put in later are found too. data-rate and data-months are used only while the
 * service does not answer.
 */
(function () {
  "use strict";

  var script = document.currentScript;
  var base = script && script.src ? new URL(script.src).origin : location.origin;
  var MONTHS = [3, 6, 10, 12, 24];
  var RATE = 30;
  var WAIT_MS = 8000;
  var TYPING_MS = 350;
  var serial = 0;

  var WORDS = {
    ru: {
      button: "Купить в кредит", title: "Купить в кредит", close: "Закрыть",
      price: "Цена", down: "Первый взнос, ₽", months: "Срок", month: "{n} мес.", payment: "Платёж в месяц",
      over: "Переплата {sum}, ПСК {psk} %", about: "Расчёт примерный, точные условия назовёт банк.",
      offline: "Расчёт примерный: по ставке {rate} % годовых, без ответа службы.",
      none: "На таких условиях банки кредит не дают.", phone: "Телефон", phoneHint: "Перезвоним и всё оформим.",
      phoneBad: "Проверьте номер: +7 и ещё десять цифр.", downBad: "Первый взнос — от 0 до цены товара.",
      consent: "Согласен на ", consentLink: "обработку персональных данных", consentBad: "Отметьте согласие.",
      send: "Жду звонка", sending: "Отправляем…",
      done: "Заявка принята. Мы скоро позвоним, держите паспорт под рукой.",
      away: "Не получилось отправить. Проверьте связь и повторите.", rub: "₽"
    },
    en: {
      button: "Buy on credit", title: "Buy on credit", close: "Close",
      price: "Price", down: "Down payment, ₽", months: "Term", month: "{n} months", payment: "A month",
      over: "Interest {sum}, full cost {psk} %", about: "Approximate; the lender names the exact terms.",
      offline: "Approximate: at {rate} % a year, the service does not answer.",
      none: "No lender gives a loan on these terms.", phone: "Phone", phoneHint: "We call back and do the rest.",
      phoneBad: "Check the number: +7 and ten more digits.", downBad: "The down payment is between 0 and the price.",
      consent: "I agree to the ", consentLink: "processing of my personal data", consentBad: "Tick the consent.",
      send: "Call me", sending: "Sending…",
      done: "The application is in. We call soon; have your passport at hand.",
      away: "It could not be sent. Check the connection and try again.", rub: "₽"
    }
  };

  var STYLE =
    ":host{display:inline-block;font:16px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif}" +
    "*{box-sizing:border-box}" +
    "button,input,select{font:inherit;color:inherit}" +
    ".buy,.send{background:#0b5e6b;color:#fff;border:0;border-radius:10px;padding:.65em 1.2em;cursor:pointer;" +
    "font-weight:600;min-height:44px}" +
    ".buy:hover,.send:hover{background:#0d7080}" +
    ":focus-visible{outline:3px solid #e8a33d;outline-offset:2px}" +
    "dialog{border:0;border-radius:14px;padding:0;width:min(27rem,calc(100vw - 1.5rem));max-height:calc(100dvh - 1.5rem);" +
    "overflow:auto;color:#16202b;background:#fff;box-shadow:0 20px 60px rgba(0,0,0,.35)}" +
    "dialog::backdrop{background:rgba(10,20,30,.55)}" +
    "form{padding:1.1rem 1.3rem 1.3rem}" +
    "header{display:flex;justify-content:space-between;align-items:center;gap:1rem}" +
    "h2{font-size:1.25rem;margin:0}" +
    ".close{background:none;border:0;font-size:1.5rem;line-height:1;width:44px;height:44px;cursor:pointer;" +
    "border-radius:8px;margin-right:-.6rem}" +
    ".what{color:#5a6775;margin:.1rem 0 .6rem;overflow-wrap:anywhere}" +
    "label{display:block;font-weight:600;margin:.7rem 0 .2rem}" +
    ".pair{display:grid;grid-template-columns:1fr 1fr;gap:.8rem;align-items:end}" +
    "input[type=text],input[type=tel],select{width:100%;border:1px solid #7a8794;border-radius:8px;padding:.5rem .7rem;" +
    "min-height:44px;background:#fff}" +
    "[aria-invalid=true]{border-color:#a61b2b!important}" +
    ".sum{background:#e1f0f2;border-radius:10px;padding:.7rem .9rem;margin:.9rem 0 0}" +
    ".sum b{display:block;font-size:1.5rem;font-variant-numeric:tabular-nums}" +
    ".note{color:#5a6775;font-size:.85rem;margin:.3rem 0 0}" +
    ".tick{display:flex;gap:.6rem;font-weight:400;align-items:flex-start;margin:.9rem 0 0}" +
    ".tick input{width:1.3rem;height:1.3rem;flex:none;margin:.1rem 0 0;accent-color:#0b5e6b}" +
    "a{color:#0b5e6b}" +
    ".bad{color:#a61b2b;font-size:.9rem;margin:.3rem 0 0}" +
    ".bad:empty{display:none}" +
    ".send{width:100%;margin-top:1rem}" +
    ".send[disabled]{opacity:.6;cursor:default}" +
    ".done{font-size:1.1rem;background:#e3f4e9;color:#17693a;border-radius:10px;padding:1rem;margin:1rem 0 0}" +
    "[hidden]{display:none!important}";

  /* Whole kopecks out of "45990", "45 990,50"; -1 when it is no sum. */
  function kopecks(text) {
    var found = /^(\d{1,9})(?:[.,](\d{1,2}))?$/.exec(String(text).replace(/[\s\u00a0]/g, ""));
    return found ? Number(found[1]) * 100 + Number(((found[2] || "") + "00").slice(0, 2)) : -1;
  }

  /* "+79161234567" however it was typed, "" for what cannot be called back. The service checks it again. */
  function phoneOf(text) {
    if (/[^\d\s()+.\u00a0\u2010-\u2015-]/.test(text)) return "";
    var digits = text.replace(/\D/g, "");
    if (digits.length === 10) digits = "7" + digits;
    if (digits.length !== 11 || !/^[78][3489]/.test(digits) || /^[78]80[0-9]/.test(digits)) return "";
    return "+7" + digits.slice(1);
  }

  /* The payment of a month, as the service counts it: annuity, rounded half up to the kopeck. */
  function annuity(loan, rate, months) {
    if (!rate) return Math.round(loan / months);
    var i = rate / 1200;
    return Math.round((loan * i) / (1 - Math.pow(1 + i, -months)));
  }

  function key() {
    if (window.crypto && crypto.randomUUID) return crypto.randomUUID();
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.prototype.map.call(bytes, function (b) { return ("0" + b.toString(16)).slice(-2); }).join("");
  }

  /* Elements without any HTML text: names of goods are never read as markup. */
  function el(name, attributes, children) {
    var made = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (attribute) {
      if (attribute === "text") made.textContent = attributes.text;
      else made.setAttribute(attribute, attributes[attribute]);
    });
    (children || []).forEach(function (child) { made.append(child); });
    return made;
  }

  function asked(address, options) {
    var stop = new AbortController();
    var timer = setTimeout(function () { stop.abort(); }, WAIT_MS);
    var given = Object.assign({ signal: stop.signal, credentials: "omit", referrerPolicy: "no-referrer" }, options);
    return fetch(address, given)
      .then(function (reply) {
        return reply.json().then(function (body) { return { ok: reply.ok, body: body }; });
      })
      .finally(function () { clearTimeout(timer); });
  }

  function start(host) {
    if (host.shadowRoot || !host.dataset.shop) return;
    var given = host.dataset;
    var price = kopecks(given.price || "");
    var language = (given.lang || document.documentElement.lang || "ru").slice(0, 2) === "en" ? "en" : "ru";
    var words = WORDS[language];
    var door = base + "/shop/v1/button/" + encodeURIComponent(given.shop) + "/";
    var fallbackRate = Number(given.rate) >= 0 && given.rate ? Number(given.rate) : RATE;
    var fallbackMonths = (given.months || "").split(",").map(Number).filter(function (n) { return n > 0 && n <= 360; });
    if (!fallbackMonths.length) fallbackMonths = MONTHS;
    if (price <= 0) return;

    var id = "kvit-" + ++serial;
    var quotes = [];
    var live = false;
    var round = 0;
    var attempt = key();
    var timer = 0;

    function say(name, values) {
      return words[name].replace(/\{(\w+)\}/g, function (_, value) { return values[value]; });
    }
    function money(sum) {
      var text = (sum / 100).toLocaleString(language === "ru" ? "ru-RU" : "en-GB", {
        minimumFractionDigits: sum % 100 ? 2 : 0, maximumFractionDigits: 2
      });
      return text + "\u00a0" + words.rub;
    }

    var root = host.attachShadow({ mode: "open" });
    if ("adoptedStyleSheets" in root) {
      var sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
    } else root.append(el("style", { text: STYLE }));

    var buy = el("button", { type: "button", class: "buy", "aria-haspopup": "dialog", text: words.button });
    var close = el("button", { type: "button", class: "close", "aria-label": words.close, text: "×" });
    var down = el("input", { id: id + "-down", type: "text", inputmode: "decimal", value: "0", autocomplete: "off",
      "aria-describedby": id + "-down-bad" });
    var months = el("select", { id: id + "-months" });
    var downBad = el("p", { id: id + "-down-bad", class: "bad", role: "alert" });
    var payment = el("b", { text: "…" });
    var cost = el("span", {});
    var note = el("p", { class: "note" });
    var sum = el("div", { class: "sum", "aria-live": "polite" }, [words.payment, payment, cost, note]);
    var phone = el("input", { id: id + "-phone", type: "tel", autocomplete: "tel", placeholder: "+7 900 000-00-00",
      required: "", "aria-describedby": id + "-phone-hint " + id + "-phone-bad" });
    var phoneBad = el("p", { id: id + "-phone-bad", class: "bad", role: "alert" });
    var consent = el("input", { id: id + "-consent", type: "checkbox", required: "",
      "aria-describedby": id + "-consent-bad" });
    var consentBad = el("p", { id: id + "-consent-bad", class: "bad", role: "alert" });
    var link = el("a", { href: base + "/consent", target: "_blank", rel: "noopener noreferrer",
      text: words.consentLink });
    var send = el("button", { class: "send", text: words.send });
    var trouble = el("p", { class: "bad", role: "alert" });
    var fields = el("div", {}, [
      el("div", { class: "pair" }, [
        el("div", {}, [el("label", { for: id + "-down", text: words.down }), down]),
        el("div", {}, [el("label", { for: id + "-months", text: words.months }), months])
      ]),
      downBad, sum,
      el("label", { for: id + "-phone", text: words.phone }), phone,
      el("p", { id: id + "-phone-hint", class: "note", text: words.phoneHint }), phoneBad,
      el("label", { class: "tick", for: id + "-consent" }, [consent, el("span", {}, [words.consent, link, "."])]),
      consentBad, trouble, send
    ]);
    var done = el("p", { class: "done", role: "status", tabindex: "-1", hidden: "", text: words.done });
    var form = el("form", { novalidate: "" }, [
      el("header", {}, [el("h2", { id: id + "-title", text: words.title }), close]),
      el("p", { class: "what", text: (given.name ? given.name + " · " : "") + money(price) }),
      fields, done
    ]);
    var dialog = el("dialog", { "aria-labelledby": id + "-title", "aria-modal": "true" }, [form]);
    root.append(buy, dialog);

    function advance() { return kopecks(down.value || "0"); }

    function local() {
      return fallbackMonths.map(function (n) {
        var once = annuity(price - advance(), fallbackRate, n);
        return { months: n, payment: once };
      });
    }

    function chosen() {
      var wanted = Number(months.value);
      return quotes.filter(function (quote) { return quote.months === wanted; })[0];
    }

    function show() {
      var quote = chosen();
      payment.textContent = quote ? (live ? "" : "≈ ") + money(quote.payment) : "—";
      cost.textContent = quote && live
        ? say("over", { sum: money(quote.overpaid), psk: quote.psk.replace(".", language === "ru" ? "," : ".") }) : "";
      note.textContent = !quote ? words.none : live ? words.about : say("offline", { rate: fallbackRate });
    }

    function take(found, isLive) {
      var before = Number(months.value) || 12;
      quotes = found;
      live = isLive;
      months.replaceChildren.apply(months, quotes.map(function (quote) {
        return el("option", { value: quote.months, text: say("month", { n: quote.months }) });
      }));
      var nearest = quotes.map(function (quote) { return quote.months; }).sort(function (a, b) {
        return Math.abs(a - before) - Math.abs(b - before);
      })[0];
      if (nearest) months.value = nearest;
      months.disabled = !quotes.length;
      show();
    }

    function count() {
      var sumDown = advance();
      var wrong = sumDown < 0 || sumDown >= price;
      down.setAttribute("aria-invalid", String(wrong));
      downBad.textContent = wrong ? words.downBad : "";
      if (wrong) return Promise.resolve();
      var mine = ++round;
      var query = "calculator?goods=" + price + "&down=" + sumDown +
        (given.category ? "&category=" + encodeURIComponent(given.category) : "");
      return asked(door + query)
        .then(function (reply) {
          if (mine !== round) return;
          if (reply.ok) take(reply.body.quotes, true);
          else take(local(), false);
        })
        .catch(function () { if (mine === round) take(local(), false); });
    }

    function clear(field, told) {
      field.setAttribute("aria-invalid", "false");
      told.textContent = "";
    }

    function valid() {
      var number = phoneOf(phone.value);
      phone.setAttribute("aria-invalid", String(!number));
      phoneBad.textContent = number ? "" : words.phoneBad;
      consent.setAttribute("aria-invalid", String(!consent.checked));
      consentBad.textContent = consent.checked ? "" : words.consentBad;
      var wrong = down.getAttribute("aria-invalid") === "true" ? down : !number ? phone : !consent.checked ? consent : 0;
      if (wrong) wrong.focus();
      return !wrong;
    }

    function body() {
      var wish = { phone: phoneOf(phone.value), goods: price, down: advance(), months: Number(months.value) || 0,
        consent: true };
      if (given.name) {
        wish.basket = [{ name: given.name.slice(0, 300), category: (given.category || "").slice(0, 60), qty: 1000,
          price: price }];
      }
      return JSON.stringify(wish);
    }

    function submit(event) {
      event.preventDefault();
      trouble.textContent = "";
      if (send.disabled || !valid()) return;
      send.disabled = true;
      send.textContent = words.sending;
      asked(door + "applications", {
        method: "POST", headers: { "Content-Type": "application/json", "Idempotency-Key": attempt }, body: body()
      })
        .then(function (reply) {
          if (!reply.ok) {
            /* What was refused was not done: the next try is another request. */
            attempt = key();
            trouble.textContent = reply.body.error ? reply.body.error["text_" + language] : words.away;
            return;
          }
          fields.hidden = true;
          done.hidden = false;
          done.focus();
          host.dispatchEvent(new CustomEvent("kvit-credit-applied", { bubbles: true }));
        })
        .catch(function () { trouble.textContent = words.away; })
        .finally(function () {
          send.disabled = false;
          send.textContent = words.send;
        });
    }

    /* The browser keeps the focus inside a modal dialog but lets it wander to its own bars: keep it here. */
    function trap(event) {
      if (event.key !== "Tab") return;
      var stops = Array.prototype.filter.call(
        dialog.querySelectorAll("button,input,select,a"),
        function (one) { return !one.disabled && one.offsetParent !== null; }
      );
      var last = stops[stops.length - 1];
      if (event.shiftKey && root.activeElement === stops[0]) { event.preventDefault(); last.focus(); }
      else if (!event.shiftKey && root.activeElement === last) { event.preventDefault(); stops[0].focus(); }
    }

    function open() {
      if (done.hidden === false) {
        done.hidden = true;
        fields.hidden = false;
        attempt = key();
      }
      dialog.showModal();
      phone.focus();
      count();
    }

    buy.addEventListener("click", open);
    close.addEventListener("click", function () { dialog.close(); });
    dialog.addEventListener("click", function (event) { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", function () { buy.focus(); });
    dialog.addEventListener("keydown", trap);
    form.addEventListener("submit", submit);
    months.addEventListener("change", show);
    phone.addEventListener("input", function () { if (phoneOf(phone.value)) clear(phone, phoneBad); });
    consent.addEventListener("change", function () { if (consent.checked) clear(consent, consentBad); });
    down.addEventListener("input", function () {
      clearTimeout(timer);
      timer = setTimeout(count, TYPING_MS);
    });
    take(local(), false);
  }

  function scan(place) {
    if (place.nodeType !== 1 && place !== document) return;
    if (place !== document && place.hasAttribute("data-kvit-credit")) start(place);
    Array.prototype.forEach.call(place.querySelectorAll("[data-kvit-credit]"), start);
  }

  function begin() {
    scan(document);
    new MutationObserver(function (found) {
      found.forEach(function (change) { change.addedNodes.forEach(scan); });
    }).observe(document.documentElement, { childList: true, subtree: true });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
