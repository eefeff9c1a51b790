<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru" sourcelanguage="en">
<context>
    <name>Ageing</name>
    <message>
        <source>Not signed</source>
        <translation>Не подписан</translation>
    </message>
    <message>
        <source>Original not at the lender</source>
        <translation>Оригинала нет в банке</translation>
    </message>
    <message>
        <source>No money</source>
        <translation>Нет денег</translation>
    </message>
    <message>
        <source>{wait}: {all} for {sum}, past {limit}: {red}</source>
        <translation>{wait}: {all} на {sum}, дольше {limit}: {red}</translation>
    </message>
    <message>
        <source>signed</source>
        <translation>подпись</translation>
    </message>
    <message>
        <source>original</source>
        <translation>оригинал</translation>
    </message>
    <message>
        <source>money</source>
        <translation>деньги</translation>
    </message>
    <message>
        <source>№</source>
        <translation>№</translation>
    </message>
    <message>
        <source>Waits</source>
        <translation>Ждёт</translation>
    </message>
    <message>
        <source>since {moment}</source>
        <translation>с {moment}</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>Предел</translation>
    </message>
    <message>
        <source>Sum, ₽</source>
        <translation>Сумма, ₽</translation>
    </message>
    <message>
        <source>Agreement</source>
        <translation>Договор</translation>
    </message>
    <message>
        <source>Lender</source>
        <translation>Банк</translation>
    </message>
    <message>
        <source>Shop</source>
        <translation>Магазин</translation>
    </message>
    <message>
        <source>What is here</source>
        <translation>Что уже есть</translation>
    </message>
    <message>
        <source>Also those within the limit</source>
        <translation>И те, что в пределах срока</translation>
    </message>
    <message>
        <source>Agreements that wait</source>
        <translation>Договоры, которые ждут</translation>
    </message>
    <message>
        <source>Nothing is past its limit.</source>
        <translation>Просроченного нет.</translation>
    </message>
</context>
<context>
    <name>Assign</name>
    <message>
        <source>Invoice</source>
        <translation>Счёт</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>Дата</translation>
    </message>
    <message>
        <source>Buyer</source>
        <translation>Покупатель</translation>
    </message>
    <message>
        <source>Unpaid, ₽</source>
        <translation>Не оплачено, ₽</translation>
    </message>
    <message>
        <source>Allocate by hand</source>
        <translation>Разнести вручную</translation>
    </message>
    <message>
        <source>Invoice number, buyer, ИНН, sum…</source>
        <translation>Номер счёта, покупатель, ИНН, сумма…</translation>
    </message>
    <message>
        <source>Search invoices</source>
        <translation>Поиск счетов</translation>
    </message>
    <message>
        <source>This payer&apos;s only</source>
        <translation>Только этого плательщика</translation>
    </message>
    <message>
        <source>Untick it to see the invoices of all buyers (F8)</source>
        <translation>Снимите отметку, чтобы видеть счета всех покупателей (F8)</translation>
    </message>
    <message>
        <source>Invoices</source>
        <translation>Счета</translation>
    </message>
    <message>
        <source>No open invoice found.</source>
        <translation>Открытых счетов не нашлось.</translation>
    </message>
    <message>
        <source>Note for the history (optional)</source>
        <translation>Примечание для истории (не обязательно)</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Примечание</translation>
    </message>
    <message>
        <source>Enter or a double click adds an invoice.</source>
        <translation>Enter или двойной щелчок добавляет счёт.</translation>
    </message>
    <message>
        <source>Add the invoice</source>
        <translation>Добавить счёт</translation>
    </message>
    <message>
        <source>Allocate</source>
        <translation>Разнести</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Отмена</translation>
    </message>
    <message>
        <source>Sum for invoice {number}</source>
        <translation>Сумма на счёт {number}</translation>
    </message>
    <message>
        <source>Invoice {number} · {buyer}</source>
        <translation>Счёт {number} · {buyer}</translation>
    </message>
    <message>
        <source>{sum} left over: they stay as an advance</source>
        <translation>{sum} останется авансом</translation>
    </message>
    <message>
        <source>{sum} to allocate</source>
        <translation>{sum} нужно разнести</translation>
    </message>
    <message>
        <source>not a sum</source>
        <translation>это не сумма</translation>
    </message>
    <message>
        <source>a sum is missing</source>
        <translation>нужна сумма</translation>
    </message>
    <message>
        <source>{sum} more than it wants</source>
        <translation>на {sum} больше остатка</translation>
    </message>
    <message>
        <source>of {sum}</source>
        <translation>из {sum}</translation>
    </message>
    <message>
        <source>Remove invoice {number}</source>
        <translation>Убрать счёт {number}</translation>
    </message>
    <message>
        <source>{sum} too much</source>
        <translation>{sum} лишних</translation>
    </message>
    <message>
        <source>Everything is allocated</source>
        <translation>Всё разнесено</translation>
    </message>
</context>
<context>
    <name>Bank</name>
    <message>
        <source>the bank says: nothing new</source>
        <translation>банк ответил: нового нет</translation>
    </message>
    <message>
        <source>new messages: {n}</source>
        <translation>новых сообщений: {n}</translation>
    </message>
    <message>
        <source>the last poll failed</source>
        <translation>опрос не удался</translation>
    </message>
    <message>
        <source>not asked yet</source>
        <translation>ещё не спрашивали</translation>
    </message>
    <message>
        <source>nobody has asked this bank yet</source>
        <translation>этот банк ещё ни разу не спрашивали</translation>
    </message>
    <message>
        <source>asked {at} ({ago})</source>
        <translation>опрос {at} ({ago})</translation>
    </message>
    <message>
        <source>it has never answered</source>
        <translation>ни разу не ответил</translation>
    </message>
    <message>
        <source>last good answer {ago}</source>
        <translation>последний ответ {ago}</translation>
    </message>
    <message>
        <source>no next poll is planned</source>
        <translation>следующий опрос не назначен</translation>
    </message>
    <message>
        <source>the next poll is overdue by {span}</source>
        <translation>опрос опаздывает на {span}</translation>
    </message>
    <message>
        <source>next poll now</source>
        <translation>опрос сейчас</translation>
    </message>
    <message>
        <source>next poll in {span}</source>
        <translation>следующий через {span}</translation>
    </message>
    <message>
        <source>no certificate of ours</source>
        <translation>нашего сертификата нет</translation>
    </message>
    <message>
        <source>certificate until {date}</source>
        <translation>сертификат до {date}</translation>
    </message>
    <message>
        <source>certificate has ended</source>
        <translation>сертификат закончился</translation>
    </message>
    <message>
        <source>The last day: renew it this minute, or the link to the bank ends: {command}</source>
        <translation>Последний день: продлите немедленно, иначе связь с банком прервётся: {command}</translation>
    </message>
    <message>
        <source>The bank takes nothing from us any more. A new code from the bank: kvit bank enrol --replace</source>
        <translation>Банк больше ничего от нас не примет. Возьмите в банке новый код: kvit bank enrol --replace</translation>
    </message>
    <message>
        <source>Nothing to do yet: the service renews it by itself in time.</source>
        <translation>Делать ничего не нужно: служба продлит его сама в срок.</translation>
    </message>
    <message>
        <source>The service is renewing it by itself; by hand: {command}</source>
        <translation>Служба продлевает его сама; вручную: {command}</translation>
    </message>
    <message>
        <source>Still the old one: IT should look why, and renew it: {command}</source>
        <translation>Всё ещё прежний: ИТ нужно выяснить почему и продлить: {command}</translation>
    </message>
    <message>
        <source>Urgent: renew it now, or the link to the bank ends: {command}</source>
        <translation>Срочно: продлите сейчас, иначе связь с банком прервётся: {command}</translation>
    </message>
    <message>
        <source>Renew it: {command}</source>
        <translation>Продлите его: {command}</translation>
    </message>
    <message>
        <source>Payment orders</source>
        <translation>Платёжные поручения</translation>
    </message>
    <message>
        <source>No payment order here.</source>
        <translation>Здесь поручений нет.</translation>
    </message>
    <message>
        <source>Payee, INN, account, sum, №…</source>
        <translation>Получатель, ИНН, счёт, сумма, №…</translation>
    </message>
    <message>
        <source>New payment order…</source>
        <translation>Новое поручение…</translation>
    </message>
    <message>
        <source>Bank</source>
        <translation>Банк</translation>
    </message>
    <message>
        <source>Polls</source>
        <translation>Опросы</translation>
    </message>
    <message>
        <source>No bank has been asked yet.</source>
        <translation>Ни один банк ещё не опрошен.</translation>
    </message>
    <message>
        <source>New payment order (N)</source>
        <translation>Новое платёжное поручение (N)</translation>
    </message>
    <message>
        <source>№ {number} · {payee}: proposed</source>
        <translation>№ {number} · {payee}: предложено</translation>
    </message>
    <message>
        <source>No bank is set up yet: kvit bank enrol makes the first link.</source>
        <translation>Банк ещё не подключён: первую связь создаёт kvit bank enrol.</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Close the message</source>
        <translation>Закрыть сообщение</translation>
    </message>
    <message>
        <source>No action</source>
        <translation>Нет действия</translation>
    </message>
</context>
<context>
    <name>BuyerMessages</name>
    <message>
        <source>to be sent</source>
        <translation>ждёт отправки</translation>
    </message>
    <message>
        <source>being sent</source>
        <translation>отправляется</translation>
    </message>
    <message>
        <source>taken by the gateway</source>
        <translation>принято шлюзом</translation>
    </message>
    <message>
        <source>delivered</source>
        <translation>доставлено</translation>
    </message>
    <message>
        <source>not delivered</source>
        <translation>не доставлено</translation>
    </message>
    <message>
        <source>nobody took it in time</source>
        <translation>никто не забрал вовремя</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>неизвестно</translation>
    </message>
    <message>
        <source>withdrawn</source>
        <translation>отозвано</translation>
    </message>
    <message>
        <source>It was handed over, and no answer came: it may have gone. Kvit does not repeat it by itself; a receipt may still tell.</source>
        <translation>Сообщение передано, ответа нет: оно могло уйти. Сам Kvit его не повторяет; отчёт о доставке ещё может прийти.</translation>
    </message>
    <message>
        <source>SMS</source>
        <translation>SMS</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>Письмо</translation>
    </message>
    <message>
        <source>Sent off</source>
        <translation>Отправлена</translation>
    </message>
    <message>
        <source>Arrived</source>
        <translation>Прибыла</translation>
    </message>
    <message>
        <source>With the courier</source>
        <translation>У курьера</translation>
    </message>
    <message>
        <source>Reminder</source>
        <translation>Напоминание</translation>
    </message>
    <message>
        <source>Storage ends</source>
        <translation>Хранение кончается</translation>
    </message>
    <message>
        <source>May already be waiting</source>
        <translation>Возможно, уже ждёт</translation>
    </message>
    <message>
        <source>not before {time}</source>
        <translation>не раньше {time}</translation>
    </message>
    <message>
        <source>SMS parts: {n}</source>
        <translation>частей SMS: {n}</translation>
    </message>
    <message>
        <source> (changed nothing)</source>
        <translation> (ничего не изменил)</translation>
    </message>
    <message>
        <source>sent again by {who}</source>
        <translation>отправил ещё раз {who}</translation>
    </message>
    <message>
        <source>by the shop&apos;s word</source>
        <translation>со слов магазина</translation>
    </message>
    <message>
        <source>by a form</source>
        <translation>по форме</translation>
    </message>
    <message>
        <source>by the link in a message</source>
        <translation>по ссылке в сообщении</translation>
    </message>
    <message>
        <source>by a reply</source>
        <translation>ответом на сообщение</translation>
    </message>
    <message>
        <source>by the mobile operator</source>
        <translation>от оператора связи</translation>
    </message>
    <message>
        <source>by one of ours</source>
        <translation>со слов нашего сотрудника</translation>
    </message>
    <message>
        <source>{channel}: may be written to</source>
        <translation>{channel}: писать можно</translation>
    </message>
    <message>
        <source>{channel}: is not to be written to</source>
        <translation>{channel}: писать нельзя</translation>
    </message>
    <message>
        <source>nothing is on record</source>
        <translation>ничего не записано</translation>
    </message>
    <message>
        <source>opted out on {day}, {how}</source>
        <translation>отказ {day}, {how}</translation>
    </message>
    <message>
        <source>consent of {day}, {how}</source>
        <translation>согласие {day}, {how}</translation>
    </message>
    <message>
        <source>Wants no messages…</source>
        <translation>Не хочет сообщений…</translation>
    </message>
    <message>
        <source>Agrees to messages…</source>
        <translation>Согласен на сообщения…</translation>
    </message>
</context>
<context>
    <name>Calculator</name>
    <message>
        <source>Counted by Kvit; the lender&apos;s offer has the exact figures.</source>
        <translation>Посчитал Kvit; точные цифры — в предложении банка.</translation>
    </message>
    <message>
        <source>Lender</source>
        <translation>Банк</translation>
    </message>
    <message>
        <source>Months</source>
        <translation>Месяцев</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>Ставка</translation>
    </message>
    <message>
        <source>A month, ₽</source>
        <translation>В месяц, ₽</translation>
    </message>
    <message>
        <source>Overpaid, ₽</source>
        <translation>Переплата, ₽</translation>
    </message>
    <message>
        <source>PSK</source>
        <translation>ПСК</translation>
    </message>
    <message>
        <source>To the shop, ₽</source>
        <translation>Магазину, ₽</translation>
    </message>
    <message>
        <source>Calculator</source>
        <translation>Калькулятор</translation>
    </message>
    <message>
        <source>every term</source>
        <translation>любой срок</translation>
    </message>
    <message>
        <source>Goods, ₽</source>
        <translation>Товар, ₽</translation>
    </message>
    <message>
        <source>Down payment, ₽</source>
        <translation>Первый взнос, ₽</translation>
    </message>
    <message>
        <source>Term</source>
        <translation>Срок</translation>
    </message>
    <message>
        <source>Quotes of the lenders</source>
        <translation>Расчёты банков</translation>
    </message>
    <message>
        <source>Type the price of the goods.</source>
        <translation>Введите цену товара.</translation>
    </message>
    <message>
        <source>≈ counted by Kvit: the lender&apos;s offer has the exact figures. Promise no rate.</source>
        <translation>≈ посчитал Kvit: точные цифры назовёт банк. Ставку не обещайте.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Закрыть</translation>
    </message>
    <message>
        <source>The down payment is less than the goods.</source>
        <translation>Первый взнос должен быть меньше цены товара.</translation>
    </message>
</context>
<context>
    <name>CallCentre</name>
    <message>
        <source>Reached</source>
        <translation>Дозвонились</translation>
    </message>
    <message>
        <source>Busy</source>
        <translation>Занято</translation>
    </message>
    <message>
        <source>No answer</source>
        <translation>Не отвечает</translation>
    </message>
    <message>
        <source>Call later</source>
        <translation>Перезвонить позже</translation>
    </message>
    <message>
        <source>Wants no loan</source>
        <translation>Отказался от кредита</translation>
    </message>
    <message>
        <source>Wrong number</source>
        <translation>Номер не тот</translation>
    </message>
    <message>
        <source>Next call   F2</source>
        <translation>Следующий звонок   F2</translation>
    </message>
    <message>
        <source>Next call (F2)</source>
        <translation>Следующий звонок (F2)</translation>
    </message>
    <message>
        <source>Call centre</source>
        <translation>Колл-центр</translation>
    </message>
    <message>
        <source>F2 next call · F11 calculator</source>
        <translation>F2 следующий звонок · F11 калькулятор</translation>
    </message>
    <message>
        <source>F6 reached · F7 no answer · F8 busy · F9 call later · F10 wants no loan · Shift+F10 wrong number · F11 calculator · Ctrl+H hang up without a result</source>
        <translation>F6 дозвонились · F7 не отвечает · F8 занято · F9 перезвонить · F10 отказался · Shift+F10 номер не тот · F11 калькулятор · Ctrl+H отложить без итога</translation>
    </message>
    <message>
        <source>Enter ↓ ↑ fields · F4 consent given · F9 call later · F11 calculator · F12 send to lenders · Ctrl+H put away, everything is kept</source>
        <translation>Enter ↓ ↑ поля · F4 согласие получено · F9 перезвонить · F11 калькулятор · F12 отправить в банки · Ctrl+H отложить, всё сохранено</translation>
    </message>
    <message>
        <source>To be called: {n}</source>
        <translation>Ждут звонка: {n}</translation>
    </message>
    <message>
        <source>on the line: {n}</source>
        <translation>на линии: {n}</translation>
    </message>
    <message>
        <source>F2 — the next call</source>
        <translation>F2 — следующий звонок</translation>
    </message>
    <message>
        <source>Nobody has to be called now.</source>
        <translation>Сейчас звонить некому.</translation>
    </message>
    <message>
        <source>The next one at {time}.</source>
        <translation>Следующий звонок в {time}.</translation>
    </message>
    <message>
        <source>Finish this call first.</source>
        <translation>Сначала закончите этот звонок.</translation>
    </message>
    <message>
        <source>Nothing is to be filled in there any more.</source>
        <translation>Там больше нечего заполнять.</translation>
    </message>
    <message>
        <source>№ {number}: put away</source>
        <translation>№ {number}: отложена</translation>
    </message>
    <message>
        <source>The consent first: F4 when the buyer has said yes.</source>
        <translation>Сначала согласие: F4, когда покупатель сказал «да».</translation>
    </message>
    <message>
        <source>Some fields are missing or wrong.</source>
        <translation>Некоторые поля не заполнены или с ошибкой.</translation>
    </message>
    <message>
        <source>№ {number}: sent to {lenders}</source>
        <translation>№ {number}: отправлена — {lenders}</translation>
    </message>
    <message>
        <source>Questionnaire</source>
        <translation>Анкета</translation>
    </message>
    <message>
        <source>Purchase</source>
        <translation>Покупка</translation>
    </message>
    <message>
        <source>Buyer</source>
        <translation>Покупатель</translation>
    </message>
    <message>
        <source>not said</source>
        <translation>не указано</translation>
    </message>
    <message>
        <source>still needed</source>
        <translation>нужно заполнить</translation>
    </message>
    <message>
        <source>no link: what you type is kept as soon as it is back</source>
        <translation>нет связи: введённое сохранится, как только она вернётся</translation>
    </message>
    <message>
        <source>being kept…</source>
        <translation>сохраняется…</translation>
    </message>
    <message>
        <source>✓ complete: F12 sends it to the lenders</source>
        <translation>✓ заполнена: F12 отправит в банки</translation>
    </message>
    <message>
        <source>kept · fields left: {n}</source>
        <translation>сохранено · осталось полей: {n}</translation>
    </message>
    <message>
        <source>✓ The buyer has agreed to the consent (text {text}).</source>
        <translation>✓ Покупатель дал согласие (текст {text}).</translation>
    </message>
    <message>
        <source>Read the consent (text {text}) aloud. F4 when the buyer has said yes.</source>
        <translation>Зачитайте согласие (текст {text}). F4, когда покупатель сказал «да».</translation>
    </message>
    <message>
        <source>a sum</source>
        <translation>сумма</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>число</translation>
    </message>
    <message>
        <source>two digits</source>
        <translation>две цифры</translation>
    </message>
    <message>
        <source>Goods, ₽</source>
        <translation>Товар, ₽</translation>
    </message>
    <message>
        <source>Down payment, ₽</source>
        <translation>Первый взнос, ₽</translation>
    </message>
    <message>
        <source>Months</source>
        <translation>Месяцев</translation>
    </message>
    <message>
        <source>Region, code</source>
        <translation>Регион, код</translation>
    </message>
    <message>
        <source>Delivery</source>
        <translation>Доставка</translation>
    </message>
    <message>
        <source>Application № {number}</source>
        <translation>Заявка № {number}</translation>
    </message>
    <message>
        <source>name not known yet</source>
        <translation>имя пока неизвестно</translation>
    </message>
    <message>
        <source>What to say</source>
        <translation>Что говорить</translation>
    </message>
    <message>
        <source>down {sum}</source>
        <translation>взнос {sum}</translation>
    </message>
    <message>
        <source>to be called by {time}</source>
        <translation>позвонить до {time}</translation>
    </message>
    <message>
        <source>left {time}</source>
        <translation>оставлена {time}</translation>
    </message>
    <message>
        <source>How did the call go?</source>
        <translation>Чем кончился звонок?</translation>
    </message>
    <message>
        <source>Remark</source>
        <translation>Заметка</translation>
    </message>
    <message>
        <source>Remark for the next call (optional)</source>
        <translation>Заметка к следующему звонку (не обязательно)</translation>
    </message>
    <message>
        <source>When to call again</source>
        <translation>Когда перезвонить</translation>
    </message>
    <message>
        <source>Call again</source>
        <translation>Перезвонить</translation>
    </message>
    <message>
        <source>Enter keeps it, Esc goes back</source>
        <translation>Enter — сохранить, Esc — назад</translation>
    </message>
</context>
<context>
    <name>Calls</name>
    <message>
        <source>Note: what was agreed</source>
        <translation>Примечание: о чём договорились</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Примечание</translation>
    </message>
    <message>
        <source>Agreed time of delivery</source>
        <translation>Время доставки по договорённости</translation>
    </message>
    <message>
        <source>Agreed delivery</source>
        <translation>Доставка</translation>
    </message>
    <message>
        <source>Put off 15 min</source>
        <translation>Отложить на 15 мин</translation>
    </message>
    <message>
        <source>Nobody has to be rung now.</source>
        <translation>Сейчас звонить некому.</translation>
    </message>
    <message>
        <source>What to say</source>
        <translation>Что сказать</translation>
    </message>
    <message>
        <source>Open order {number}</source>
        <translation>Открыть заказ {number}</translation>
    </message>
    <message>
        <source>Open the payment</source>
        <translation>Открыть поступление</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Копировать</translation>
    </message>
    <message>
        <source>Copy the phone number</source>
        <translation>Копировать номер телефона</translation>
    </message>
    <message>
        <source>Ring</source>
        <translation>Позвонить</translation>
    </message>
    <message>
        <source>Ring by this computer&apos;s telephone program</source>
        <translation>Позвонить программой телефонии этого компьютера</translation>
    </message>
    <message>
        <source>This is for the role “{role}”: you can only read it.</source>
        <translation>Это для роли «{role}»: вам — только для чтения.</translation>
    </message>
    <message>
        <source>put off</source>
        <translation>отложено</translation>
    </message>
    <message>
        <source>Calls and tasks</source>
        <translation>Звонки и задачи</translation>
    </message>
    <message>
        <source>Everybody has been rung.</source>
        <translation>Всем уже позвонили.</translation>
    </message>
    <message>
        <source>Buyer, order…</source>
        <translation>Покупатель, заказ…</translation>
    </message>
    <message>
        <source>Tasks</source>
        <translation>Задачи</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Звонки</translation>
    </message>
</context>
<context>
    <name>Clock</name>
    <message>
        <source>in {h} h {m:02d} min</source>
        <translation>через {h} ч {m:02d} мин</translation>
    </message>
    <message>
        <source>late by {n} s</source>
        <translation>опоздание {n} с</translation>
    </message>
    <message>
        <source>late by {n} min</source>
        <translation>опоздание {n} мин</translation>
    </message>
    <message>
        <source>late by {n} h</source>
        <translation>опоздание {n} ч</translation>
    </message>
</context>
<context>
    <name>Confirm</name>
    <message>
        <source>Please check first</source>
        <translation>Сначала проверьте</translation>
    </message>
    <message>
        <source>Before this goes on, confirm what you have checked:</source>
        <translation>Прежде чем продолжить, подтвердите, что проверили:</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Назад</translation>
    </message>
    <message>
        <source>I have checked this and confirm it</source>
        <translation>Проверено, подтверждаю</translation>
    </message>
    <message>
        <source>Confirmed: {text}</source>
        <translation>Подтверждаю: {text}</translation>
    </message>
    <message>
        <source>Tick each warning first.</source>
        <translation>Сначала отметьте каждое предупреждение.</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Причина</translation>
    </message>
    <message>
        <source>Why? The reason stays in the order&apos;s history.</source>
        <translation>Почему? Причина останется в истории поручения.</translation>
    </message>
</context>
<context>
    <name>Counts</name>
    <message numerus="yes">
        <source>%n payment(s)</source>
        <translation>
            <numerusform>%n платёж</numerusform>
            <numerusform>%n платежа</numerusform>
            <numerusform>%n платежей</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>And %n more payment(s).</source>
        <translation>
            <numerusform>И ещё %n платёж.</numerusform>
            <numerusform>И ещё %n платежа.</numerusform>
            <numerusform>И ещё %n платежей.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n payment order(s) to sign</source>
        <translation>
            <numerusform>%n поручение на подпись</numerusform>
            <numerusform>%n поручения на подпись</numerusform>
            <numerusform>%n поручений на подпись</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pick list(s)</source>
        <translation>
            <numerusform>%n лист сборки</numerusform>
            <numerusform>%n листа сборки</numerusform>
            <numerusform>%n листов сборки</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n call(s)</source>
        <translation>
            <numerusform>%n звонок</numerusform>
            <numerusform>%n звонка</numerusform>
            <numerusform>%n звонков</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s)</source>
        <translation>
            <numerusform>%n задача</numerusform>
            <numerusform>%n задачи</numerusform>
            <numerusform>%n задач</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n alarm(s)</source>
        <translation>
            <numerusform>%n тревога</numerusform>
            <numerusform>%n тревоги</numerusform>
            <numerusform>%n тревог</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n position(s)</source>
        <translation>
            <numerusform>%n позиция</numerusform>
            <numerusform>%n позиции</numerusform>
            <numerusform>%n позиций</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n attempt(s)</source>
        <translation>
            <numerusform>%n попытка</numerusform>
            <numerusform>%n попытки</numerusform>
            <numerusform>%n попыток</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n time(s)</source>
        <translation>
            <numerusform>%n раз</numerusform>
            <numerusform>%n раза</numerusform>
            <numerusform>%n раз</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n day(s) ago</source>
        <translation>
            <numerusform>%n день назад</numerusform>
            <numerusform>%n дня назад</numerusform>
            <numerusform>%n дней назад</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n day(s) left</source>
        <translation>
            <numerusform>остался %n день</numerusform>
            <numerusform>осталось %n дня</numerusform>
            <numerusform>осталось %n дней</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>late by %n day(s)</source>
        <translation>
            <numerusform>опоздание %n день</numerusform>
            <numerusform>опоздание %n дня</numerusform>
            <numerusform>опоздание %n дней</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>%n день</numerusform>
            <numerusform>%n дня</numerusform>
            <numerusform>%n дней</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n month(s)</source>
        <translation>
            <numerusform>%n месяц</numerusform>
            <numerusform>%n месяца</numerusform>
            <numerusform>%n месяцев</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n late</source>
        <translation>
            <numerusform>%n просрочена</numerusform>
            <numerusform>%n просрочены</numerusform>
            <numerusform>%n просрочено</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n call(s) about loans</source>
        <translation>
            <numerusform>%n звонок по кредитам</numerusform>
            <numerusform>%n звонка по кредитам</numerusform>
            <numerusform>%n звонков по кредитам</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n application(s)</source>
        <translation>
            <numerusform>%n заявка</numerusform>
            <numerusform>%n заявки</numerusform>
            <numerusform>%n заявок</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n offer(s)</source>
        <translation>
            <numerusform>%n вариант</numerusform>
            <numerusform>%n варианта</numerusform>
            <numerusform>%n вариантов</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n statement(s)</source>
        <translation>
            <numerusform>%n ведомость</numerusform>
            <numerusform>%n ведомости</numerusform>
            <numerusform>%n ведомостей</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) could not be read.</source>
        <translation>
            <numerusform>%n строка не прочитана.</numerusform>
            <numerusform>%n строки не прочитаны.</numerusform>
            <numerusform>%n строк не прочитано.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n line(s)</source>
        <translation>
            <numerusform>%n строка</numerusform>
            <numerusform>%n строки</numerusform>
            <numerusform>%n строк</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n payout(s) explained by it</source>
        <translation>
            <numerusform>разнесена %n выплата</numerusform>
            <numerusform>разнесены %n выплаты</numerusform>
            <numerusform>разнесено %n выплат</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n строка</numerusform>
            <numerusform>%n строки</numerusform>
            <numerusform>%n строк</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n parcel(s)</source>
        <translation>
            <numerusform>%n отправление</numerusform>
            <numerusform>%n отправления</numerusform>
            <numerusform>%n отправлений</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stuck parcel(s)</source>
        <translation>
            <numerusform>%n отправление застряло</numerusform>
            <numerusform>%n отправления застряли</numerusform>
            <numerusform>%n отправлений застряли</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>cash on delivery of %n parcel(s) missing</source>
        <translation>
            <numerusform>не пришёл наложенный платёж за %n отправление</numerusform>
            <numerusform>не пришёл наложенный платёж за %n отправления</numerusform>
            <numerusform>не пришёл наложенный платёж за %n отправлений</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n message(s) came in quiet hours.</source>
        <translation>
            <numerusform>В тихие часы пришло %n сообщение.</numerusform>
            <numerusform>В тихие часы пришло %n сообщения.</numerusform>
            <numerusform>В тихие часы пришло %n сообщений.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Decision</name>
    <message>
        <source>Confirm the release</source>
        <translation>Подтвердить отпуск</translation>
    </message>
    <message>
        <source>By hand…</source>
        <translation>Вручную…</translation>
    </message>
    <message>
        <source>Choose invoices and split the sum</source>
        <translation>Выбрать счета и разделить сумму</translation>
    </message>
    <message>
        <source>Not ours</source>
        <translation>Не наше</translation>
    </message>
    <message>
        <source>Not a payment of an invoice</source>
        <translation>Это не оплата счёта</translation>
    </message>
    <message>
        <source>Other income</source>
        <translation>Прочее поступление</translation>
    </message>
    <message>
        <source>Our own transfer</source>
        <translation>Перевод между своими счетами</translation>
    </message>
    <message>
        <source>A refund to us</source>
        <translation>Возврат нам</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Отменить</translation>
    </message>
    <message>
        <source>Choose a payment on the left.</source>
        <translation>Выберите поступление слева.</translation>
    </message>
    <message>
        <source>A colleague was faster: {who}, {when}</source>
        <translation>Коллега решил раньше: {who}, {when}</translation>
    </message>
    <message>
        <source>{sum} not allocated</source>
        <translation>не разнесено {sum}</translation>
    </message>
    <message>
        <source>No invoice suggests itself. Choose one by hand, or mark it as not ours.</source>
        <translation>Подходящего счёта не нашлось. Выберите вручную или отметьте «Не наше».</translation>
    </message>
    <message>
        <source>Suggestions</source>
        <translation>Варианты</translation>
    </message>
    <message>
        <source>Allocated</source>
        <translation>Разнесено</translation>
    </message>
    <message>
        <source>Remember that this payer pays for {buyer}…</source>
        <translation>Запомнить, что этот плательщик платит за {buyer}…</translation>
    </message>
    <message>
        <source>Invoice {number}</source>
        <translation>Счёт {number}</translation>
    </message>
    <message>
        <source>Invoice {number}, taken back</source>
        <translation>Счёт {number}, отменено</translation>
    </message>
    <message>
        <source>{sum} allocated to invoice {numbers}</source>
        <translation>{sum} разнесено на счёт {numbers}</translation>
    </message>
    <message>
        <source>the rule is made</source>
        <translation>правило заведено</translation>
    </message>
    <message>
        <source>Marked as not ours</source>
        <translation>Отмечено: не наше</translation>
    </message>
    <message>
        <source>The release is confirmed in your name</source>
        <translation>Отпуск подтверждён от вашего имени</translation>
    </message>
</context>
<context>
    <name>Errors</name>
    <message>
        <source>The Kvit service does not answer.</source>
        <translation>Служба Kvit не отвечает.</translation>
    </message>
    <message>
        <source>The service does not know this user: the access token is not valid.</source>
        <translation>Служба не узнаёт пользователя: ключ доступа не подходит.</translation>
    </message>
    <message>
        <source>Your role has no right to do this.</source>
        <translation>У вашей роли нет права на это.</translation>
    </message>
    <message>
        <source>A colleague has already changed this. The fresh state is on the screen.</source>
        <translation>Коллега уже изменил это. На экране новое состояние.</translation>
    </message>
    <message>
        <source>This is no longer there.</source>
        <translation>Этого уже нет.</translation>
    </message>
    <message>
        <source>The answer of the service is not understood: the versions do not fit together.</source>
        <translation>Ответ службы непонятен: версии не подходят друг к другу.</translation>
    </message>
    <message>
        <source>The service could not do it (code {code}).</source>
        <translation>Служба не смогла это сделать (код {code}).</translation>
    </message>
    <message>
        <source>Nothing is lost. Kvit keeps trying and will go on by itself.</source>
        <translation>Ничего не потеряно. Kvit продолжает попытки и заработает сам.</translation>
    </message>
    <message>
        <source>Restart the tray; if it stays, ask IT for a new token (kvit user add).</source>
        <translation>Перезапустите программу; если не помогло, попросите у ИТ новый ключ (kvit user add).</translation>
    </message>
    <message>
        <source>Update the tray program to the version of the service.</source>
        <translation>Обновите программу до версии службы.</translation>
    </message>
</context>
<context>
    <name>Evidence</name>
    <message>
        <source>Save the bank&apos;s bytes…</source>
        <translation>Сохранить байты банка…</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>Подтверждение</translation>
    </message>
    <message>
        <source>Payment document</source>
        <translation>Платёжный документ</translation>
    </message>
    <message>
        <source>History</source>
        <translation>История</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Сообщение</translation>
    </message>
    <message>
        <source>Signer</source>
        <translation>Подписал</translation>
    </message>
    <message>
        <source>Verified</source>
        <translation>Проверено</translation>
    </message>
    <message>
        <source>Journal row</source>
        <translation>Строка журнала</translation>
    </message>
    <message>
        <source>№ {number} of {date}</source>
        <translation>№ {number} от {date}</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>Поручение</translation>
    </message>
    <message>
        <source>Payer&apos;s bank</source>
        <translation>Банк плательщика</translation>
    </message>
    <message>
        <source>Payer&apos;s account</source>
        <translation>Счёт плательщика</translation>
    </message>
    <message>
        <source>Bank&apos;s reference</source>
        <translation>Номер в банке</translation>
    </message>
    <message>
        <source>Bank time</source>
        <translation>Время банка</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>Получено</translation>
    </message>
    <message>
        <source>Your role has no right to the bytes.</source>
        <translation>У вашей роли нет права на байты банка.</translation>
    </message>
    <message>
        <source>Save the bank&apos;s bytes</source>
        <translation>Сохранить байты банка</translation>
    </message>
    <message>
        <source>Not saved: {why}</source>
        <translation>Не сохранено: {why}</translation>
    </message>
    <message>
        <source>The fingerprint does NOT agree: these are other bytes.</source>
        <translation>Отпечаток НЕ сходится: это другие байты.</translation>
    </message>
    <message>
        <source>Saved, the fingerprint agrees.</source>
        <translation>Сохранено, отпечаток сходится.</translation>
    </message>
</context>
<context>
    <name>FilterBar</name>
    <message>
        <source>Search</source>
        <translation>Поиск</translation>
    </message>
</context>
<context>
    <name>Flyout</name>
    <message>
        <source>Open: {what}</source>
        <translation>Открыть: {what}</translation>
    </message>
    <message>
        <source>Kvit: what waits for you</source>
        <translation>Kvit: что ждёт вас</translation>
    </message>
    <message>
        <source>Ask the bank now</source>
        <translation>Опросить банк</translation>
    </message>
    <message>
        <source>Open Kvit</source>
        <translation>Открыть Kvit</translation>
    </message>
    <message>
        <source>Nothing waits for you.</source>
        <translation>Вас ничего не ждёт.</translation>
    </message>
    <message>
        <source>Kvit keeps trying; nothing is lost.</source>
        <translation>Kvit продолжает попытки; ничего не потеряно.</translation>
    </message>
    <message>
        <source>→ invoice {numbers}</source>
        <translation>→ счёт {numbers}</translation>
    </message>
    <message>
        <source>→ invoice {numbers}, agrees to the kopeck</source>
        <translation>→ счёт {numbers}, сходится до копейки</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>Принять</translation>
    </message>
    <message>
        <source>To sign: {sum} · {payee}</source>
        <translation>На подпись: {sum} · {payee}</translation>
    </message>
    <message>
        <source>by {time}</source>
        <translation>до {time}</translation>
    </message>
    <message>
        <source>Take</source>
        <translation>Взять</translation>
    </message>
    <message>
        <source>Order {number}: to be picked</source>
        <translation>Заказ {number}: собрать</translation>
    </message>
    <message>
        <source>Understood</source>
        <translation>Понятно</translation>
    </message>
</context>
<context>
    <name>Health</name>
    <message>
        <source>nothing new</source>
        <translation>нового нет</translation>
    </message>
    <message>
        <source>new messages</source>
        <translation>новые сообщения</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>не удалось</translation>
    </message>
    <message>
        <source>not yet</source>
        <translation>ещё нет</translation>
    </message>
    <message>
        <source>in order</source>
        <translation>в порядке</translation>
    </message>
    <message>
        <source>look at it</source>
        <translation>обратите внимание</translation>
    </message>
    <message>
        <source>broken</source>
        <translation>не работает</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>отвергнуто</translation>
    </message>
    <message>
        <source>proved</source>
        <translation>проверено</translation>
    </message>
    <message>
        <source>read</source>
        <translation>прочитано</translation>
    </message>
    <message>
        <source>stored</source>
        <translation>сохранено</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Время</translation>
    </message>
    <message>
        <source>Channel</source>
        <translation>Канал</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Итог</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>Файлы</translation>
    </message>
    <message>
        <source>Took</source>
        <translation>Заняло</translation>
    </message>
    <message>
        <source>{n} ms</source>
        <translation>{n} мс</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Ошибка</translation>
    </message>
    <message>
        <source>Where to</source>
        <translation>Куда</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Что</translation>
    </message>
    <message>
        <source>Tries</source>
        <translation>Попытки</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>С</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>Получено</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Сообщение</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Вид</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Состояние</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Почему</translation>
    </message>
    <message>
        <source>Health</source>
        <translation>Здоровье</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Автоматически</translation>
    </message>
    <message>
        <source>By hand</source>
        <translation>Вручную</translation>
    </message>
    <message>
        <source>Release mode</source>
        <translation>Режим отпуска</translation>
    </message>
    <message>
        <source>Ask the bank now</source>
        <translation>Опросить банк</translation>
    </message>
    <message>
        <source>Polls of the bank</source>
        <translation>Опросы банка</translation>
    </message>
    <message>
        <source>How long the last polls took</source>
        <translation>Сколько длились последние опросы</translation>
    </message>
    <message>
        <source>Money → pick list today</source>
        <translation>Деньги → сборка сегодня</translation>
    </message>
    <message>
        <source>Lists</source>
        <translation>Списки</translation>
    </message>
    <message>
        <source>Not delivered</source>
        <translation>Не доставлено</translation>
    </message>
    <message>
        <source>Polls</source>
        <translation>Опросы</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>Сообщения</translation>
    </message>
    <message>
        <source>Nothing here, and that is good.</source>
        <translation>Здесь пусто, и это хорошо.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Повторить</translation>
    </message>
    <message>
        <source>Lenders</source>
        <translation>Банки</translation>
    </message>
    <message>
        <source>Understood</source>
        <translation>Понятно</translation>
    </message>
    <message>
        <source>Understood: {text}</source>
        <translation>Понятно: {text}</translation>
    </message>
    <message>
        <source>Something needs IT</source>
        <translation>Нужна помощь ИТ</translation>
    </message>
    <message>
        <source>Working, with remarks</source>
        <translation>Работает, есть замечания</translation>
    </message>
    <message>
        <source>Everything is in order</source>
        <translation>Всё в порядке</translation>
    </message>
    <message>
        <source>{bank}: last good poll {ago}</source>
        <translation>{bank}: последний удачный опрос {ago}</translation>
    </message>
    <message>
        <source>released: {n} · half within {p50} · 95 % within {p95}
within 15 minutes: {share}</source>
        <translation>отпущено: {n} · половина за {p50} · 95 % за {p95}
в пределах 15 минут: {share}</translation>
    </message>
    <message>
        <source>certificate until {date}</source>
        <translation>сертификат до {date}</translation>
    </message>
</context>
<context>
    <name>Keys</name>
    <message>
        <source>First page</source>
        <translation>Первая страница</translation>
    </message>
    <message>
        <source>Second page</source>
        <translation>Вторая страница</translation>
    </message>
    <message>
        <source>Third page</source>
        <translation>Третья страница</translation>
    </message>
    <message>
        <source>Fourth page</source>
        <translation>Четвёртая страница</translation>
    </message>
    <message>
        <source>Fifth page</source>
        <translation>Пятая страница</translation>
    </message>
    <message>
        <source>Sixth page</source>
        <translation>Шестая страница</translation>
    </message>
    <message>
        <source>Seventh page</source>
        <translation>Седьмая страница</translation>
    </message>
    <message>
        <source>Eighth page</source>
        <translation>Восьмая страница</translation>
    </message>
    <message>
        <source>Ninth page</source>
        <translation>Девятая страница</translation>
    </message>
    <message>
        <source>Tenth page</source>
        <translation>Десятая страница</translation>
    </message>
    <message>
        <source>Eleventh page</source>
        <translation>Одиннадцатая страница</translation>
    </message>
    <message>
        <source>Twelfth page</source>
        <translation>Двенадцатая страница</translation>
    </message>
    <message>
        <source>Thirteenth page</source>
        <translation>Тринадцатая страница</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Поиск</translation>
    </message>
    <message>
        <source>Load anew</source>
        <translation>Загрузить заново</translation>
    </message>
    <message>
        <source>Undo the last decision</source>
        <translation>Отменить последнее решение</translation>
    </message>
    <message>
        <source>Larger</source>
        <translation>Крупнее</translation>
    </message>
    <message>
        <source>Smaller</source>
        <translation>Мельче</translation>
    </message>
    <message>
        <source>Normal size</source>
        <translation>Обычный размер</translation>
    </message>
    <message>
        <source>These keys</source>
        <translation>Эти клавиши</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>Закрыть окно</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Выйти</translation>
    </message>
    <message>
        <source>Payments</source>
        <translation>Платежи</translation>
    </message>
    <message>
        <source>previous, next payment</source>
        <translation>предыдущее, следующее поступление</translation>
    </message>
    <message>
        <source>accept the chosen suggestion</source>
        <translation>принять выбранный вариант</translation>
    </message>
    <message>
        <source>choose a suggestion</source>
        <translation>выбрать вариант</translation>
    </message>
    <message>
        <source>allocate by hand, split over invoices</source>
        <translation>разнести вручную, разделить по счетам</translation>
    </message>
    <message>
        <source>not ours</source>
        <translation>не наше</translation>
    </message>
    <message>
        <source>remember this payer</source>
        <translation>запомнить плательщика</translation>
    </message>
    <message>
        <source>rules of payers</source>
        <translation>правила плательщиков</translation>
    </message>
    <message>
        <source>from fact to fact: its words light up in the purpose</source>
        <translation>от факта к факту: его слова подсвечиваются в назначении</translation>
    </message>
    <message>
        <source>search</source>
        <translation>поиск</translation>
    </message>
    <message>
        <source>empty the search, back to the list</source>
        <translation>очистить поиск, вернуться к списку</translation>
    </message>
    <message>
        <source>copy the rows for a spreadsheet</source>
        <translation>копировать строки для таблицы</translation>
    </message>
    <message>
        <source>Allocation by hand</source>
        <translation>Разнесение вручную</translation>
    </message>
    <message>
        <source>choose an invoice while searching</source>
        <translation>выбрать счёт, не выходя из поиска</translation>
    </message>
    <message>
        <source>add the invoice</source>
        <translation>добавить счёт</translation>
    </message>
    <message>
        <source>invoices of this payer only, or of all buyers</source>
        <translation>счета только этого плательщика или всех</translation>
    </message>
    <message>
        <source>as much as fits into this invoice</source>
        <translation>столько, сколько вмещает счёт</translation>
    </message>
    <message>
        <source>take the invoice out again</source>
        <translation>убрать счёт из разнесения</translation>
    </message>
    <message>
        <source>allocate</source>
        <translation>разнести</translation>
    </message>
    <message>
        <source>Registries</source>
        <translation>Реестры</translation>
    </message>
    <message>
        <source>bring in a partner&apos;s file</source>
        <translation>загрузить файл партнёра</translation>
    </message>
    <message>
        <source>to the payment it explained</source>
        <translation>к платежу, который им объяснён</translation>
    </message>
    <message>
        <source>Picks</source>
        <translation>Сборка</translation>
    </message>
    <message>
        <source>not in its place: give a reason</source>
        <translation>нет на месте: указать причину</translation>
    </message>
    <message>
        <source>print the list</source>
        <translation>напечатать лист</translation>
    </message>
    <message>
        <source>next step: take, start</source>
        <translation>следующий шаг: взять, начать</translation>
    </message>
    <message>
        <source>all picked, close the list</source>
        <translation>всё собрано, закрыть лист</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Звонки</translation>
    </message>
    <message>
        <source>reached</source>
        <translation>дозвонились</translation>
    </message>
    <message>
        <source>no answer, again in 5 minutes</source>
        <translation>нет ответа, повтор через 5 минут</translation>
    </message>
    <message>
        <source>delivery agreed</source>
        <translation>договорились о доставке</translation>
    </message>
    <message>
        <source>will collect</source>
        <translation>заберёт сам</translation>
    </message>
    <message>
        <source>Parcels</source>
        <translation>Отправления</translation>
    </message>
    <message>
        <source>what is called for now: claim, search, ask the carrier</source>
        <translation>что сейчас нужно: претензия, розыск, запрос</translation>
    </message>
    <message>
        <source>its way, its messages, its money, its history</source>
        <translation>путь, сообщения, деньги, история</translation>
    </message>
    <message>
        <source>mark as delivered</source>
        <translation>отметить вручённым</translation>
    </message>
    <message>
        <source>ask the carrier now</source>
        <translation>запросить перевозчика сейчас</translation>
    </message>
    <message>
        <source>copy the number</source>
        <translation>скопировать номер</translation>
    </message>
    <message>
        <source>enter a parcel</source>
        <translation>внести отправление</translation>
    </message>
    <message>
        <source>take in a file</source>
        <translation>загрузить файл</translation>
    </message>
    <message>
        <source>the morning report, and back</source>
        <translation>утренний отчёт и обратно</translation>
    </message>
    <message>
        <source>Texts</source>
        <translation>Тексты</translation>
    </message>
    <message>
        <source>another event, another channel</source>
        <translation>другое событие, другой канал</translation>
    </message>
    <message>
        <source>save as the next version</source>
        <translation>сохранить следующей версией</translation>
    </message>
    <message>
        <source>Loans</source>
        <translation>Кредиты</translation>
    </message>
    <message>
        <source>what comes next with this application</source>
        <translation>следующий шаг по заявке</translation>
    </message>
    <message>
        <source>what else can be done</source>
        <translation>что ещё можно сделать</translation>
    </message>
    <message>
        <source>its way, its papers, its history</source>
        <translation>ход, бумаги, история</translation>
    </message>
    <message>
        <source>show the buyer in full</source>
        <translation>показать покупателя полностью</translation>
    </message>
    <message>
        <source>calculator</source>
        <translation>калькулятор</translation>
    </message>
    <message>
        <source>take an application in</source>
        <translation>принять заявку</translation>
    </message>
    <message>
        <source>Call centre</source>
        <translation>Колл-центр</translation>
    </message>
    <message>
        <source>next call</source>
        <translation>следующий звонок</translation>
    </message>
    <message>
        <source>reached; F7 no answer, F8 busy, F9 call later</source>
        <translation>дозвонились; F7 не отвечает, F8 занято, F9 перезвонить</translation>
    </message>
    <message>
        <source>the buyer agrees to the consent</source>
        <translation>покупатель дал согласие</translation>
    </message>
    <message>
        <source>next field; what is typed is kept at once</source>
        <translation>следующее поле; введённое сразу сохраняется</translation>
    </message>
    <message>
        <source>send to the lenders</source>
        <translation>отправить в банки</translation>
    </message>
    <message>
        <source>Shops</source>
        <translation>Магазины</translation>
    </message>
    <message>
        <source>take a shop in</source>
        <translation>принять магазин</translation>
    </message>
    <message>
        <source>what comes next with it; E changes its particulars</source>
        <translation>следующий шаг; E — изменить данные</translation>
    </message>
    <message>
        <source>about it, its access, its tariffs, its history</source>
        <translation>о магазине, доступ, тарифы, история</translation>
    </message>
    <message>
        <source>give access, or a key for the site</source>
        <translation>дать доступ или ключ сайту</translation>
    </message>
    <message>
        <source>a tariff from a day on</source>
        <translation>тариф с даты</translation>
    </message>
    <message>
        <source>terms of lenders and of signing</source>
        <translation>условия банков и подписания</translation>
    </message>
    <message>
        <source>Bank</source>
        <translation>Банк</translation>
    </message>
    <message>
        <source>new payment order</source>
        <translation>новое поручение</translation>
    </message>
    <message>
        <source>pay the same payee again</source>
        <translation>заплатить тому же получателю ещё раз</translation>
    </message>
    <message>
        <source>to the signature; Space signs</source>
        <translation>к подписи; пробел подписывает</translation>
    </message>
    <message>
        <source>reject</source>
        <translation>отклонить</translation>
    </message>
    <message>
        <source>withdraw</source>
        <translation>отозвать</translation>
    </message>
    <message>
        <source>propose, in the form</source>
        <translation>предложить (в форме)</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Клавиши</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>Везде</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Закрыть</translation>
    </message>
</context>
<context>
    <name>Learn</name>
    <message>
        <source>Key M</source>
        <translation>Клавиша M</translation>
    </message>
    <message>
        <source>from</source>
        <translation>с</translation>
    </message>
    <message>
        <source>The rule is in force from</source>
        <translation>Правило действует с</translation>
    </message>
    <message>
        <source>Why: letter, contract… (optional)</source>
        <translation>Основание: письмо, договор… (необязательно)</translation>
    </message>
    <message>
        <source>Why this rule</source>
        <translation>Основание правила</translation>
    </message>
    <message>
        <source>Remember: this payer pays for {buyer}</source>
        <translation>Запомнить: этот плательщик платит за {buyer}</translation>
    </message>
</context>
<context>
    <name>Lenders</name>
    <message>
        <source>not entered</source>
        <translation>не введён</translation>
    </message>
    <message>
        <source>entered; its end is not known</source>
        <translation>введён, срок не указан</translation>
    </message>
    <message>
        <source>until {day}</source>
        <translation>до {day}</translation>
    </message>
    <message>
        <source>{until}: it has ended</source>
        <translation>{until}: истёк</translation>
    </message>
    <message>
        <source>given up</source>
        <translation>оставлен</translation>
    </message>
    <message>
        <source>repeated</source>
        <translation>повторяется</translation>
    </message>
    <message>
        <source>leaving</source>
        <translation>уходит</translation>
    </message>
    <message>
        <source>№</source>
        <translation>№</translation>
    </message>
    <message>
        <source>Lender</source>
        <translation>Банк</translation>
    </message>
    <message>
        <source>To tell him</source>
        <translation>Что сообщить</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Состояние</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Почему</translation>
    </message>
    <message>
        <source>Tries</source>
        <translation>Попыток</translation>
    </message>
    <message>
        <source>Next try</source>
        <translation>Следующая</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>С</translation>
    </message>
    <message>
        <source>What has not reached them</source>
        <translation>Что до них не дошло</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Повторить</translation>
    </message>
    <message>
        <source>Try this call again</source>
        <translation>Повторить этот вызов</translation>
    </message>
    <message>
        <source>What has not reached lenders</source>
        <translation>Что не дошло до банков</translation>
    </message>
    <message>
        <source>Everything has reached them.</source>
        <translation>Всё дошло.</translation>
    </message>
    <message>
        <source>{open}, unanswered: {failing}</source>
        <translation>{open}, без ответа: {failing}</translation>
    </message>
    <message>
        <source>Last good answer</source>
        <translation>Последний ответ</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>ещё не было</translation>
    </message>
    <message>
        <source>Silent since</source>
        <translation>Молчит с</translation>
    </message>
    <message>
        <source>Asked about</source>
        <translation>Спрашиваем о заявках</translation>
    </message>
    <message>
        <source>Calls waiting</source>
        <translation>Вызовов ждёт</translation>
    </message>
    <message>
        <source>Calls given up</source>
        <translation>Вызовов оставлено</translation>
    </message>
    <message>
        <source>Token: {words}</source>
        <translation>Токен: {words}</translation>
    </message>
    <message>
        <source>The secret of his notices is not entered</source>
        <translation>Секрет его уведомлений не введён</translation>
    </message>
    <message>
        <source>Ask now</source>
        <translation>Спросить сейчас</translation>
    </message>
    <message>
        <source>Ask {lender} now</source>
        <translation>Спросить сейчас: {lender}</translation>
    </message>
    <message>
        <source>A call that was given up leaves once more</source>
        <translation>Оставленный вызов уйдёт ещё раз</translation>
    </message>
</context>
<context>
    <name>LoanActions</name>
    <message>
        <source>Call the buyer</source>
        <translation>Позвонить покупателю</translation>
    </message>
    <message>
        <source>Questionnaire…</source>
        <translation>Анкета…</translation>
    </message>
    <message>
        <source>Send to lenders…</source>
        <translation>Отправить в банки…</translation>
    </message>
    <message>
        <source>Send the corrections</source>
        <translation>Отправить исправления</translation>
    </message>
    <message>
        <source>Take back from a lender…</source>
        <translation>Отозвать из банка…</translation>
    </message>
    <message>
        <source>Choose offer and signing…</source>
        <translation>Выбрать предложение…</translation>
    </message>
    <message>
        <source>Cancel the application…</source>
        <translation>Отменить заявку…</translation>
    </message>
    <message>
        <source>Settle the difference…</source>
        <translation>Подтвердить расхождение…</translation>
    </message>
    <message>
        <source>Check the passport…</source>
        <translation>Сверить паспорт…</translation>
    </message>
    <message>
        <source>Signed by the buyer</source>
        <translation>Покупатель подписал</translation>
    </message>
    <message>
        <source>The buyer did not come</source>
        <translation>Покупатель не пришёл</translation>
    </message>
    <message>
        <source>The buyer refuses…</source>
        <translation>Покупатель отказался…</translation>
    </message>
    <message>
        <source>The papers are in order</source>
        <translation>Бумаги в порядке</translation>
    </message>
    <message>
        <source>A fault in the papers…</source>
        <translation>Ошибка в бумагах…</translation>
    </message>
    <message>
        <source>Have it signed anew</source>
        <translation>Подписать заново</translation>
    </message>
    <message>
        <source>Order a courier…</source>
        <translation>Заказать курьера…</translation>
    </message>
    <message>
        <source>The courier has left</source>
        <translation>Курьер выехал</translation>
    </message>
    <message>
        <source>The courier met the buyer</source>
        <translation>Курьер у покупателя</translation>
    </message>
    <message>
        <source>The courier came back empty…</source>
        <translation>Курьер вернулся ни с чем…</translation>
    </message>
    <message>
        <source>Hand the original over…</source>
        <translation>Передать оригинал…</translation>
    </message>
    <message>
        <source>The original is at the lender</source>
        <translation>Оригинал в банке</translation>
    </message>
    <message>
        <source>The lender accepted the original</source>
        <translation>Банк принял оригинал</translation>
    </message>
    <message>
        <source>The lender sent it back…</source>
        <translation>Банк вернул оригинал…</translation>
    </message>
    <message>
        <source>The original is lost</source>
        <translation>Оригинал утерян</translation>
    </message>
    <message>
        <source>Release the goods</source>
        <translation>Отпустить товар</translation>
    </message>
    <message>
        <source>The goods came back…</source>
        <translation>Товар вернулся…</translation>
    </message>
    <message>
        <source>The goods are shipped</source>
        <translation>Товар отправлен</translation>
    </message>
    <message>
        <source>The goods are delivered</source>
        <translation>Товар выдан</translation>
    </message>
    <message>
        <source>From now on the buyer owes the lender. With signing at the shop the goods may leave at once.</source>
        <translation>С этой минуты покупатель должен банку. При подписании в магазине товар можно выдать сразу.</translation>
    </message>
    <message>
        <source>Somebody of ours has looked at the scan: every page, every signature.</source>
        <translation>Наш сотрудник просмотрел скан: каждую страницу, каждую подпись.</translation>
    </message>
    <message>
        <source>The agreement is signed from the beginning, with a new passport check.</source>
        <translation>Договор подписывается с начала, с новой сверкой паспорта.</translation>
    </message>
    <message>
        <source>Another time is arranged; the agreement stays until its day.</source>
        <translation>Назначается другое время; договор ждёт до своего срока.</translation>
    </message>
    <message>
        <source>The lender has no more to ask for about the paper.</source>
        <translation>К бумаге у банка больше нет вопросов.</translation>
    </message>
    <message>
        <source>The paper is gone: the agreement has to be signed anew.</source>
        <translation>Бумаги больше нет: договор придётся подписать заново.</translation>
    </message>
    <message>
        <source>The lenders who asked for corrections get the questionnaire anew.</source>
        <translation>Банки, которые просили исправить, получат анкету заново.</translation>
    </message>
    <message>
        <source>The warehouse gets the pick list.</source>
        <translation>Склад получит лист сборки.</translation>
    </message>
    <message>
        <source>The goods are on their way to the buyer.</source>
        <translation>Товар в пути к покупателю.</translation>
    </message>
    <message>
        <source>The buyer has the goods; the lender is told.</source>
        <translation>Товар у покупателя; банк уведомляется.</translation>
    </message>
    <message>
        <source>What did the buyer say?</source>
        <translation>Что сказал покупатель?</translation>
    </message>
    <message>
        <source>What is wrong, and on which page?</source>
        <translation>Что не так и на какой странице?</translation>
    </message>
    <message>
        <source>Why did the lender send it back?</source>
        <translation>Почему банк вернул оригинал?</translation>
    </message>
    <message>
        <source>Why did the courier come back empty?</source>
        <translation>Почему курьер вернулся ни с чем?</translation>
    </message>
    <message>
        <source>What was agreed with the lender, and with whom?</source>
        <translation>О чём договорились с банком и с кем именно?</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Ещё</translation>
    </message>
    <message>
        <source>More actions</source>
        <translation>Другие действия</translation>
    </message>
    <message>
        <source>What else can be done ({keys})</source>
        <translation>Что ещё можно сделать ({keys})</translation>
    </message>
    <message>
        <source>Nothing to do</source>
        <translation>Делать нечего</translation>
    </message>
    <message>
        <source>No link to the Kvit service.</source>
        <translation>Нет связи со службой Kvit.</translation>
    </message>
    <message>
        <source>Enter in the list does the same</source>
        <translation>То же делает Enter в списке</translation>
    </message>
    <message>
        <source>stopped: the passport does not fit</source>
        <translation>остановлено: паспорт не тот</translation>
    </message>
    <message>
        <source>the passport fits</source>
        <translation>паспорт сходится</translation>
    </message>
</context>
<context>
    <name>LoanCard</name>
    <message>
        <source>The way</source>
        <translation>Ход</translation>
    </message>
    <message>
        <source>Papers</source>
        <translation>Бумаги</translation>
    </message>
    <message>
        <source>History</source>
        <translation>История</translation>
    </message>
    <message>
        <source>Choose an application on the left.</source>
        <translation>Выберите заявку слева.</translation>
    </message>
    <message>
        <source>Application № {number}</source>
        <translation>Заявка № {number}</translation>
    </message>
    <message>
        <source>order {number}</source>
        <translation>заказ {number}</translation>
    </message>
    <message>
        <source>Ended: {reason}</source>
        <translation>Закончена: {reason}</translation>
    </message>
    <message>
        <source>Missing: {paper}</source>
        <translation>Не хватает: {paper}</translation>
    </message>
    <message>
        <source>the buyer&apos;s data is forgotten since {day}</source>
        <translation>данные покупателя удалены {day}</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Показать</translation>
    </message>
    <message>
        <source>Show the buyer in full</source>
        <translation>Показать покупателя полностью</translation>
    </message>
    <message>
        <source>The journal keeps that you have looked (B)</source>
        <translation>В журнале останется, что вы смотрели (B)</translation>
    </message>
    <message>
        <source>Order in our warehouse</source>
        <translation>Заказ на нашем складе</translation>
    </message>
    <message>
        <source>Passport checks</source>
        <translation>Сверки паспорта</translation>
    </message>
    <message>
        <source>fits</source>
        <translation>сходится</translation>
    </message>
    <message>
        <source>number differs</source>
        <translation>номер другой</translation>
    </message>
    <message>
        <source>face differs</source>
        <translation>лицо не то</translation>
    </message>
    <message>
        <source>Agreements that came to nothing</source>
        <translation>Несостоявшиеся договоры</translation>
    </message>
    <message>
        <source>Words of {lender}</source>
        <translation>Ответы: {lender}</translation>
    </message>
    <message>
        <source> — unknown, nothing was done</source>
        <translation> — неизвестно, ничего не сделано</translation>
    </message>
    <message>
        <source>the payment to the lender is prepared</source>
        <translation>платёж банку подготовлен</translation>
    </message>
    <message>
        <source>The lender wants nothing back</source>
        <translation>Банк денег назад не ждёт</translation>
    </message>
    <message>
        <source>The return is closed without a payment to the lender.</source>
        <translation>Возврат закроется без платежа банку.</translation>
    </message>
    <message>
        <source>What did the lender say, and who said it?</source>
        <translation>Что сказал банк и кто именно?</translation>
    </message>
    <message>
        <source>closed: the lender wants nothing back</source>
        <translation>закрыт: банк денег назад не ждёт</translation>
    </message>
    <message>
        <source>added: {paper}</source>
        <translation>добавлено: {paper}</translation>
    </message>
</context>
<context>
    <name>LoanDialogs</name>
    <message>
        <source>kept sealed, with the buyer&apos;s data</source>
        <translation>хранится зашифрованно, с данными покупателя</translation>
    </message>
    <message>
        <source>More about it</source>
        <translation>Подробнее</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Назад</translation>
    </message>
    <message>
        <source>Cancel the application</source>
        <translation>Отменить заявку</translation>
    </message>
    <message>
        <source>Cancel it</source>
        <translation>Отменить заявку</translation>
    </message>
    <message>
        <source>It ends for good; lenders who have it are told. A new one can be made later.</source>
        <translation>Она закончится совсем; банки, у которых она есть, узнают об этом. Позже можно оставить новую.</translation>
    </message>
    <message>
        <source>the buyer</source>
        <translation>покупатель</translation>
    </message>
    <message>
        <source>the shop</source>
        <translation>магазин</translation>
    </message>
    <message>
        <source>we</source>
        <translation>мы</translation>
    </message>
    <message>
        <source>Who wants it</source>
        <translation>Кто отменяет</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Почему</translation>
    </message>
    <message>
        <source>Take the application back from a lender</source>
        <translation>Отозвать заявку из банка</translation>
    </message>
    <message>
        <source>Take it back</source>
        <translation>Отозвать</translation>
    </message>
    <message>
        <source>Lender</source>
        <translation>Банк</translation>
    </message>
    <message>
        <source>Offer and way of signing</source>
        <translation>Предложение и способ подписания</translation>
    </message>
    <message>
        <source>Choose</source>
        <translation>Выбрать</translation>
    </message>
    <message>
        <source>The lender makes the agreement for what you choose. Other lenders are told no.</source>
        <translation>Банк составит договор на то, что вы выберете. Остальным банкам уйдёт отказ.</translation>
    </message>
    <message>
        <source>to the shop {sum}</source>
        <translation>магазину {sum}</translation>
    </message>
    <message>
        <source>The offer is {offer}, asked was {asked}: the down payment changes.</source>
        <translation>Предложено {offer}, просили {asked}: первый взнос изменится.</translation>
    </message>
    <message>
        <source>{loan} for {months} mo. at {rate} · PSK {psk} · {payment} a month</source>
        <translation>{loan} на {months} мес. под {rate} · ПСК {psk} · {payment} в месяц</translation>
    </message>
    <message>
        <source>signing costs {sum}</source>
        <translation>подписание стоит {sum}</translation>
    </message>
    <message>
        <source>signing is free</source>
        <translation>подписание бесплатно</translation>
    </message>
    <message>
        <source>our fee {sum}</source>
        <translation>наша комиссия {sum}</translation>
    </message>
    <message>
        <source>the sums do not fit the goods</source>
        <translation>суммы не подходят к товару</translation>
    </message>
    <message>
        <source>the lender keeps {sum}</source>
        <translation>банк удержит {sum}</translation>
    </message>
    <message>
        <source>holds until {day}</source>
        <translation>действует до {day}</translation>
    </message>
    <message>
        <source>Send to lenders</source>
        <translation>Отправить в банки</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Отправить</translation>
    </message>
    <message>
        <source>Each of them gets the questionnaire with the buyer&apos;s passport.</source>
        <translation>Каждый из них получит анкету с паспортом покупателя.</translation>
    </message>
    <message>
        <source>has it already</source>
        <translation>уже получил</translation>
    </message>
    <message>
        <source>Order a courier</source>
        <translation>Заказать курьера</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>Заказать</translation>
    </message>
    <message>
        <source>Tell the buyer now: the courier brings papers only, asks for the passport and takes the papers back.</source>
        <translation>Предупредите покупателя: курьер привезёт только бумаги, попросит паспорт и заберёт бумаги обратно.</translation>
    </message>
    <message>
        <source>Day</source>
        <translation>День</translation>
    </message>
    <message>
        <source>Hours</source>
        <translation>Часы</translation>
    </message>
    <message>
        <source>by the terms</source>
        <translation>по условиям</translation>
    </message>
    <message>
        <source>Courier</source>
        <translation>Курьер</translation>
    </message>
    <message>
        <source>Cost, ₽</source>
        <translation>Цена, ₽</translation>
    </message>
    <message>
        <source>Hand the original over</source>
        <translation>Передать оригинал</translation>
    </message>
    <message>
        <source>Handed over</source>
        <translation>Передан</translation>
    </message>
    <message>
        <source>From here on the carrier answers for the paper.</source>
        <translation>С этой минуты за бумагу отвечает перевозчик.</translation>
    </message>
    <message>
        <source>Carrier</source>
        <translation>Перевозчик</translation>
    </message>
    <message>
        <source>Waybill</source>
        <translation>Накладная</translation>
    </message>
    <message>
        <source>The goods came back</source>
        <translation>Товар вернулся</translation>
    </message>
    <message>
        <source>They came back</source>
        <translation>Товар вернулся</translation>
    </message>
    <message>
        <source>The money goes to the lender against the loan, never to the buyer&apos;s card; the shop gives the buyer the down payment back.</source>
        <translation>Деньги идут банку в счёт кредита, а не на карту покупателя; первый взнос покупателю возвращает магазин.</translation>
    </message>
    <message>
        <source>Price of what came back, ₽</source>
        <translation>Цена возвращённого, ₽</translation>
    </message>
</context>
<context>
    <name>LoanFields</name>
    <message>
        <source>Surname</source>
        <translation>Фамилия</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Имя</translation>
    </message>
    <message>
        <source>Patronymic</source>
        <translation>Отчество</translation>
    </message>
    <message>
        <source>Date of birth</source>
        <translation>Дата рождения</translation>
    </message>
    <message>
        <source>Passport, series and number</source>
        <translation>Паспорт, серия и номер</translation>
    </message>
    <message>
        <source>Issued by</source>
        <translation>Кем выдан</translation>
    </message>
    <message>
        <source>Issued on</source>
        <translation>Когда выдан</translation>
    </message>
    <message>
        <source>Department code</source>
        <translation>Код подразделения</translation>
    </message>
    <message>
        <source>Registered at</source>
        <translation>Адрес регистрации</translation>
    </message>
    <message>
        <source>Lives at</source>
        <translation>Адрес проживания</translation>
    </message>
    <message>
        <source>Phone</source>
        <translation>Телефон</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>Эл. почта</translation>
    </message>
    <message>
        <source>Income a month, ₽</source>
        <translation>Доход в месяц, ₽</translation>
    </message>
    <message>
        <source>Employer</source>
        <translation>Место работы</translation>
    </message>
    <message>
        <source>SNILS</source>
        <translation>СНИЛС</translation>
    </message>
    <message>
        <source>INN</source>
        <translation>ИНН</translation>
    </message>
    <message>
        <source>{n} of {of} digits</source>
        <translation>{n} из {of} цифр</translation>
    </message>
    <message>
        <source>Russian letters only</source>
        <translation>только русские буквы</translation>
    </message>
    <message>
        <source>day.month.year, as 05.09.1990</source>
        <translation>день.месяц.год, например 05.09.1990</translation>
    </message>
    <message>
        <source>there is no such day</source>
        <translation>такого дня нет</translation>
    </message>
    <message>
        <source>name@site.ru</source>
        <translation>имя@сайт.рф</translation>
    </message>
    <message>
        <source>a sum in roubles</source>
        <translation>сумма в рублях</translation>
    </message>
    <message>
        <source>the check digits do not fit</source>
        <translation>контрольные цифры не сходятся</translation>
    </message>
</context>
<context>
    <name>LoanIdentity</name>
    <message>
        <source>Check the passport</source>
        <translation>Сверить паспорт</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Сверить</translation>
    </message>
    <message>
        <source>Ask for the passport and take it into your hand. A photo of it will not do.</source>
        <translation>Попросите паспорт и возьмите его в руки. Фотография паспорта не годится.</translation>
    </message>
    <message>
        <source>Type series and number from the passport. Kvit compares them.</source>
        <translation>Наберите серию и номер из паспорта. Kvit сверит их сам.</translation>
    </message>
    <message>
        <source>Compare the face with the photo in the passport.</source>
        <translation>Сравните лицо с фотографией в паспорте.</translation>
    </message>
    <message>
        <source>10 digits</source>
        <translation>10 цифр</translation>
    </message>
    <message>
        <source>Series and number</source>
        <translation>Серия и номер</translation>
    </message>
    <message>
        <source>Yes, the same person</source>
        <translation>Да, тот же человек</translation>
    </message>
    <message>
        <source>No, or I am not sure</source>
        <translation>Нет или не уверен</translation>
    </message>
    <message>
        <source>Face and photo</source>
        <translation>Лицо и фото</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Где</translation>
    </message>
    <message>
        <source>It did not fit before. One more time, and signing is stopped.</source>
        <translation>В прошлый раз не сошлось. Ещё одна неудача — и подписание остановится.</translation>
    </message>
    <message>
        <source>The number is not the one of the agreement.</source>
        <translation>Номер не тот, что в договоре.</translation>
    </message>
    <message>
        <source>The face is not the photo&apos;s.</source>
        <translation>Лицо не то, что на фото.</translation>
    </message>
    <message>
        <source>Look again: the next time is the last one.</source>
        <translation>Посмотрите ещё раз: следующая попытка последняя.</translation>
    </message>
</context>
<context>
    <name>LoanMoney</name>
    <message>
        <source>Money of the lender</source>
        <translation>Деньги банка</translation>
    </message>
    <message>
        <source>{received} of {transfer}</source>
        <translation>{received} из {transfer}</translation>
    </message>
    <message>
        <source>Open the payment of {sum}</source>
        <translation>Открыть поступление на {sum}</translation>
    </message>
    <message>
        <source>Bank&apos;s reference</source>
        <translation>Номер в банке</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Сообщение</translation>
    </message>
    <message>
        <source>To the shop</source>
        <translation>Магазину</translation>
    </message>
    <message>
        <source>{transfer} − our fee {fee} = {share} to the shop</source>
        <translation>{transfer} − наша комиссия {fee} = магазину {share}</translation>
    </message>
    <message>
        <source>Statement № {number}</source>
        <translation>Ведомость № {number}</translation>
    </message>
    <message>
        <source>Payment order</source>
        <translation>Платёжное поручение</translation>
    </message>
    <message>
        <source>The payment it is of</source>
        <translation>Поступление, из которого она</translation>
    </message>
    <message>
        <source>Goods back</source>
        <translation>Товар возвращён</translation>
    </message>
    <message>
        <source>Goods</source>
        <translation>Товар</translation>
    </message>
    <message>
        <source>To the lender</source>
        <translation>Банку</translation>
    </message>
    <message>
        <source>To the buyer, by the shop</source>
        <translation>Покупателю, от магазина</translation>
    </message>
    <message>
        <source>Fee given back</source>
        <translation>Возврат комиссии</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Почему</translation>
    </message>
    <message>
        <source>Money left</source>
        <translation>Деньги ушли</translation>
    </message>
    <message>
        <source>Settled</source>
        <translation>Расчёт</translation>
    </message>
    <message>
        <source>the lender paid so much less</source>
        <translation>банк на столько меньше заплатил</translation>
    </message>
    <message>
        <source>Prepare the payment to the lender</source>
        <translation>Подготовить платёж банку</translation>
    </message>
    <message>
        <source>A payment order; it leaves after two signatures on the bank page</source>
        <translation>Платёжное поручение; уйдёт после двух подписей на странице «Банк»</translation>
    </message>
    <message>
        <source>The lender wants nothing back…</source>
        <translation>Банк денег назад не ждёт…</translation>
    </message>
    <message>
        <source>He has paid nothing for this loan, or pays so much less</source>
        <translation>По этому кредиту он ничего не заплатил или платит на столько меньше</translation>
    </message>
</context>
<context>
    <name>LoanNew</name>
    <message>
        <source>New application</source>
        <translation>Новая заявка</translation>
    </message>
    <message>
        <source>A phone number is enough: the call centre rings and asks the rest.</source>
        <translation>Хватит номера телефона: колл-центр позвонит и спросит остальное.</translation>
    </message>
    <message>
        <source>Shop</source>
        <translation>Магазин</translation>
    </message>
    <message>
        <source>Phone</source>
        <translation>Телефон</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Имя</translation>
    </message>
    <message>
        <source>Shop&apos;s order</source>
        <translation>Заказ магазина</translation>
    </message>
    <message>
        <source>Goods, ₽</source>
        <translation>Товар, ₽</translation>
    </message>
    <message>
        <source>Down payment, ₽</source>
        <translation>Первый взнос, ₽</translation>
    </message>
    <message>
        <source>Months</source>
        <translation>Месяцев</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Назад</translation>
    </message>
    <message>
        <source>Take it in</source>
        <translation>Принять</translation>
    </message>
</context>
<context>
    <name>LoanPapers</name>
    <message>
        <source>lender&apos;s agreement</source>
        <translation>договор банка</translation>
    </message>
    <message>
        <source>scan of the signed papers</source>
        <translation>скан подписанных бумаг</translation>
    </message>
    <message>
        <source>passport</source>
        <translation>паспорт</translation>
    </message>
    <message>
        <source>photo of the buyer</source>
        <translation>фото покупателя</translation>
    </message>
    <message>
        <source>waybill</source>
        <translation>накладная</translation>
    </message>
    <message>
        <source>another paper</source>
        <translation>другая бумага</translation>
    </message>
    <message>
        <source>What the paper is</source>
        <translation>Что это за бумага</translation>
    </message>
    <message>
        <source>Add a file…</source>
        <translation>Добавить файл…</translation>
    </message>
    <message>
        <source>Missing: {paper}</source>
        <translation>Не хватает: {paper}</translation>
    </message>
    <message>
        <source>No papers yet.</source>
        <translation>Бумаг пока нет.</translation>
    </message>
    <message>
        <source>{n} KB</source>
        <translation>{n} КБ</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Сохранить…</translation>
    </message>
    <message>
        <source>Save {name}</source>
        <translation>Сохранить {name}</translation>
    </message>
    <message>
        <source>Forgotten: its time was over.</source>
        <translation>Удалена: срок хранения вышел.</translation>
    </message>
    <message>
        <source>Your role may not open this paper.</source>
        <translation>Ваша роль не может открыть эту бумагу.</translation>
    </message>
    <message>
        <source>Save the paper</source>
        <translation>Сохранить бумагу</translation>
    </message>
    <message>
        <source>The fingerprint does NOT agree: nothing was saved.</source>
        <translation>Отпечаток НЕ сходится: ничего не сохранено.</translation>
    </message>
    <message>
        <source>Not saved: {why}</source>
        <translation>Не сохранено: {why}</translation>
    </message>
    <message>
        <source>Saved: {name}</source>
        <translation>Сохранено: {name}</translation>
    </message>
    <message>
        <source>Paper of the application</source>
        <translation>Бумага по заявке</translation>
    </message>
    <message>
        <source>Papers (*.pdf *.jpg *.jpeg *.png)</source>
        <translation>Бумаги (*.pdf *.jpg *.jpeg *.png)</translation>
    </message>
    <message>
        <source>Not read: {why}</source>
        <translation>Не прочитано: {why}</translation>
    </message>
    <message>
        <source>The file is too large: {n} MB, at most {most} MB.</source>
        <translation>Файл слишком велик: {n} МБ, можно до {most} МБ.</translation>
    </message>
</context>
<context>
    <name>LoanReasons</name>
    <message>
        <source>changed his mind</source>
        <translation>передумал</translation>
    </message>
    <message>
        <source>found it elsewhere</source>
        <translation>нашёл в другом месте</translation>
    </message>
    <message>
        <source>the terms of the loan do not suit</source>
        <translation>не подошли условия кредита</translation>
    </message>
    <message>
        <source>paid in another way</source>
        <translation>оплатил иначе</translation>
    </message>
    <message>
        <source>the goods are not to be had</source>
        <translation>нет товара</translation>
    </message>
    <message>
        <source>it was applied for twice</source>
        <translation>повторная заявка</translation>
    </message>
    <message>
        <source>a mistake in the application</source>
        <translation>ошибка в заявке</translation>
    </message>
    <message>
        <source>the passport did not match</source>
        <translation>паспорт не сошёлся</translation>
    </message>
    <message>
        <source>another reason</source>
        <translation>другая причина</translation>
    </message>
    <message>
        <source>the goods do not suit</source>
        <translation>не подошёл товар</translation>
    </message>
    <message>
        <source>a defect</source>
        <translation>брак</translation>
    </message>
    <message>
        <source>damaged on the way</source>
        <translation>повреждён в пути</translation>
    </message>
    <message>
        <source>the wrong goods came</source>
        <translation>привезли не то</translation>
    </message>
    <message>
        <source>the buyer does not want them any more</source>
        <translation>покупатель передумал</translation>
    </message>
</context>
<context>
    <name>LoanSteps</name>
    <message>
        <source>Application</source>
        <translation>Заявка</translation>
    </message>
    <message>
        <source>goods {goods} − down payment {down} = loan {loan}</source>
        <translation>товар {goods} − взнос {down} = кредит {loan}</translation>
    </message>
    <message>
        <source>region {code}</source>
        <translation>регион {code}</translation>
    </message>
    <message>
        <source>{name} has the buyer on the line</source>
        <translation>с покупателем говорит {name}</translation>
    </message>
    <message>
        <source>the questionnaire is being filled in</source>
        <translation>анкета заполняется</translation>
    </message>
    <message>
        <source>to be called by {time}</source>
        <translation>позвонить до {time}</translation>
    </message>
    <message>
        <source>Decision</source>
        <translation>Решение</translation>
    </message>
    <message>
        <source>Chosen: {what}</source>
        <translation>Выбрано: {what}</translation>
    </message>
    <message>
        <source>To choose from: {n}</source>
        <translation>Можно выбрать: {n}</translation>
    </message>
    <message>
        <source>Unknown status of the lender: {status}. Nothing was done.</source>
        <translation>Неизвестный статус банка: {status}. Ничего не сделано.</translation>
    </message>
    <message>
        <source>answered {age}</source>
        <translation>ответил {age}</translation>
    </message>
    <message>
        <source>asked {age}, no answer yet</source>
        <translation>спросили {age}, ответа ещё нет</translation>
    </message>
    <message>
        <source>next question at {time}</source>
        <translation>следующий опрос в {time}</translation>
    </message>
    <message>
        <source>Signing</source>
        <translation>Подписание</translation>
    </message>
    <message>
        <source>The passport did not fit: {n}</source>
        <translation>Паспорт не сошёлся: {n}</translation>
    </message>
    <message>
        <source>settled by {name}</source>
        <translation>подтвердил(а) {name}</translation>
    </message>
    <message>
        <source>Nothing is signed or released before a person settles it.</source>
        <translation>Пока человек не подтвердит, ничего не подписывается и не отпускается.</translation>
    </message>
    <message>
        <source>ours {psk}</source>
        <translation>наша {psk}</translation>
    </message>
    <message>
        <source>Agreement</source>
        <translation>Договор</translation>
    </message>
    <message>
        <source>Loan</source>
        <translation>Кредит</translation>
    </message>
    <message>
        <source>PSK</source>
        <translation>ПСК</translation>
    </message>
    <message>
        <source>Lender keeps</source>
        <translation>Удержит банк</translation>
    </message>
    <message>
        <source>Must arrive</source>
        <translation>Должно прийти</translation>
    </message>
    <message>
        <source>Sign by</source>
        <translation>Подписать до</translation>
    </message>
    <message>
        <source>Cooling-off until</source>
        <translation>Период охлаждения до</translation>
    </message>
    <message>
        <source>Signing costs</source>
        <translation>Подписание стоит</translation>
    </message>
    <message>
        <source>Original</source>
        <translation>Оригинал</translation>
    </message>
    <message>
        <source>Waybill</source>
        <translation>Накладная</translation>
    </message>
    <message>
        <source>Handed over</source>
        <translation>Передан</translation>
    </message>
    <message>
        <source>Goods</source>
        <translation>Товар</translation>
    </message>
    <message>
        <source>Released</source>
        <translation>Отпущен</translation>
    </message>
    <message>
        <source>Shipped</source>
        <translation>Отправлен</translation>
    </message>
    <message>
        <source>Delivered</source>
        <translation>Выдан</translation>
    </message>
    <message>
        <source>Lender told</source>
        <translation>Банк уведомлён</translation>
    </message>
    <message>
        <source>Goods back</source>
        <translation>Товар возвращён</translation>
    </message>
    <message>
        <source>{loan} · {months} · {rate} · {payment} a month</source>
        <translation>{loan} · {months} · {rate} · {payment} в месяц</translation>
    </message>
    <message>
        <source>until {day}</source>
        <translation>до {day}</translation>
    </message>
    <message>
        <source>{n} pcs</source>
        <translation>{n} шт.</translation>
    </message>
</context>
<context>
    <name>Loans</name>
    <message>
        <source>All</source>
        <translation>Все</translation>
    </message>
    <message>
        <source>Late</source>
        <translation>Просрочены</translation>
    </message>
    <message>
        <source>Call</source>
        <translation>Звонок</translation>
    </message>
    <message>
        <source>Lenders</source>
        <translation>Банки</translation>
    </message>
    <message>
        <source>Signing</source>
        <translation>Подписание</translation>
    </message>
    <message>
        <source>Originals</source>
        <translation>Оригиналы</translation>
    </message>
    <message>
        <source>Money</source>
        <translation>Деньги</translation>
    </message>
    <message>
        <source>Agreement</source>
        <translation>Договор</translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation>{n} мин</translation>
    </message>
    <message>
        <source>{n} h</source>
        <translation>{n} ч</translation>
    </message>
    <message>
        <source>the oldest {age}</source>
        <translation>дольше всех {age}</translation>
    </message>
    <message>
        <source>not in a statement yet</source>
        <translation>ещё не в ведомости</translation>
    </message>
    <message>
        <source>At the shop</source>
        <translation>В магазине</translation>
    </message>
    <message>
        <source>At the lender&apos;s branch</source>
        <translation>В отделении банка</translation>
    </message>
    <message>
        <source>By courier</source>
        <translation>С курьером</translation>
    </message>
    <message>
        <source>pickup</source>
        <translation>самовывоз</translation>
    </message>
    <message>
        <source>delivery</source>
        <translation>доставка</translation>
    </message>
    <message>
        <source>under way</source>
        <translation>в пути</translation>
    </message>
    <message>
        <source>signed</source>
        <translation>подписано</translation>
    </message>
    <message>
        <source>came back empty</source>
        <translation>вернулся ни с чем</translation>
    </message>
    <message>
        <source>the buyer refused</source>
        <translation>покупатель отказался</translation>
    </message>
    <message>
        <source>stopped: the passport does not fit</source>
        <translation>остановлено: паспорт не тот</translation>
    </message>
    <message>
        <source>called off</source>
        <translation>отменён</translation>
    </message>
    <message>
        <source>the shop</source>
        <translation>магазин</translation>
    </message>
    <message>
        <source>courier</source>
        <translation>курьер</translation>
    </message>
    <message>
        <source>carrier</source>
        <translation>перевозчик</translation>
    </message>
    <message>
        <source>the lender</source>
        <translation>банк</translation>
    </message>
    <message>
        <source>the lender&apos;s branch</source>
        <translation>отделение банка</translation>
    </message>
    <message>
        <source>us</source>
        <translation>мы</translation>
    </message>
    <message>
        <source>№</source>
        <translation>№</translation>
    </message>
    <message>
        <source>shop&apos;s order {number}</source>
        <translation>заказ магазина {number}</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>Этап</translation>
    </message>
    <message>
        <source>There since</source>
        <translation>На этапе с</translation>
    </message>
    <message>
        <source>Buyer</source>
        <translation>Покупатель</translation>
    </message>
    <message>
        <source>Shop</source>
        <translation>Магазин</translation>
    </message>
    <message>
        <source>Goods, ₽</source>
        <translation>Товар, ₽</translation>
    </message>
    <message>
        <source>Lender</source>
        <translation>Банк</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Состояние</translation>
    </message>
    <message>
        <source>Signed</source>
        <translation>Подписание</translation>
    </message>
    <message>
        <source>To the shop, ₽</source>
        <translation>Магазину, ₽</translation>
    </message>
    <message>
        <source>Shop&apos;s order</source>
        <translation>Заказ магазина</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>Создана</translation>
    </message>
    <message>
        <source>forgotten</source>
        <translation>удалено</translation>
    </message>
    <message>
        <source>{sum} of goods. A press shows only these.</source>
        <translation>Товаров на {sum}. Нажатие покажет только их.</translation>
    </message>
    <message>
        <source>{n} m ₽</source>
        <translation>{n} млн ₽</translation>
    </message>
    <message>
        <source>Applications</source>
        <translation>Заявки</translation>
    </message>
    <message>
        <source>Waiting too long</source>
        <translation>Ждут слишком долго</translation>
    </message>
    <message>
        <source>No application here.</source>
        <translation>Здесь заявок нет.</translation>
    </message>
    <message>
        <source>№, phone, surname, order, agreement…</source>
        <translation>№, телефон, фамилия, заказ, договор…</translation>
    </message>
    <message>
        <source>Calculator…</source>
        <translation>Калькулятор…</translation>
    </message>
    <message>
        <source>What a loan would cost</source>
        <translation>Сколько будет стоить кредит</translation>
    </message>
    <message>
        <source>New…</source>
        <translation>Новая…</translation>
    </message>
    <message>
        <source>Take an application in</source>
        <translation>Принять заявку</translation>
    </message>
    <message>
        <source>New application</source>
        <translation>Новая заявка</translation>
    </message>
    <message>
        <source>all shops</source>
        <translation>все магазины</translation>
    </message>
    <message>
        <source>all lenders</source>
        <translation>все банки</translation>
    </message>
    <message>
        <source>Way of signing</source>
        <translation>Способ подписания</translation>
    </message>
    <message>
        <source>any signing</source>
        <translation>любое подписание</translation>
    </message>
    <message>
        <source>Loans</source>
        <translation>Кредиты</translation>
    </message>
    <message>
        <source>№ {number}: was here before</source>
        <translation>№ {number}: уже была</translation>
    </message>
    <message>
        <source>№ {number}: taken in</source>
        <translation>№ {number}: принята</translation>
    </message>
    <message>
        <source> · open ones of this phone: {numbers}</source>
        <translation> · открытые с этого телефона: {numbers}</translation>
    </message>
</context>
<context>
    <name>Notify</name>
    <message>
        <source>Waiting for you</source>
        <translation>Ждёт вас</translation>
    </message>
    <message>
        <source>{sum} needs you</source>
        <translation>{sum}: нужно ваше решение</translation>
    </message>
    <message>
        <source>Decide</source>
        <translation>Решить</translation>
    </message>
    <message>
        <source>To be picked: order {number}</source>
        <translation>Собрать: заказ {number}</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Открыть</translation>
    </message>
    <message>
        <source>Ring until {time}</source>
        <translation>Позвонить до {time}</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>Что делать</translation>
    </message>
    <message>
        <source>No link to the Kvit service</source>
        <translation>Нет связи со службой Kvit</translation>
    </message>
    <message>
        <source>Nothing is lost. Kvit keeps trying and will go on by itself.</source>
        <translation>Ничего не потеряно. Kvit продолжает попытки и заработает сам.</translation>
    </message>
</context>
<context>
    <name>Offline</name>
    <message>
        <source>The Kvit service does not answer.</source>
        <translation>Служба Kvit не отвечает.</translation>
    </message>
    <message>
        <source>On the screen is the state of {time} ({ago}).</source>
        <translation>На экране состояние на {time} ({ago}).</translation>
    </message>
    <message>
        <source>The Kvit service is not running here: there is no {path}.</source>
        <translation>Служба Kvit здесь не запущена: нет файла {path}.</translation>
    </message>
    <message>
        <source>Start it (kvit serve), or name its directory: kvit-tray --home DIRECTORY.</source>
        <translation>Запустите её (kvit serve) или укажите её папку: kvit-tray --home ПАПКА.</translation>
    </message>
    <message>
        <source>This user may not read {path}.</source>
        <translation>Этому пользователю нельзя читать {path}.</translation>
    </message>
    <message>
        <source>Ask IT for the right to use Kvit on this computer.</source>
        <translation>Попросите у ИТ право пользоваться Kvit на этом компьютере.</translation>
    </message>
    <message>
        <source>{path} names another computer without encryption ({url}).</source>
        <translation>{path} указывает на другой компьютер без шифрования ({url}).</translation>
    </message>
    <message>
        <source>The token would travel in clear text, so the tray does not connect.</source>
        <translation>Ключ доступа ушёл бы открытым текстом, поэтому программа не подключается.</translation>
    </message>
    <message>
        <source>{path} cannot be understood.</source>
        <translation>Файл {path} непонятен.</translation>
    </message>
    <message>
        <source>Restart the service; it writes the file anew.</source>
        <translation>Перезапустите службу: она запишет файл заново.</translation>
    </message>
</context>
<context>
    <name>OrderChain</name>
    <message>
        <source>Cancel the order</source>
        <translation>Отменить заказ</translation>
    </message>
    <message>
        <source>Handed over</source>
        <translation>Выдан</translation>
    </message>
    <message>
        <source>Choose an order on the left.</source>
        <translation>Выберите заказ слева.</translation>
    </message>
    <message>
        <source>Order {number}</source>
        <translation>Заказ {number}</translation>
    </message>
    <message>
        <source>Held: {why}</source>
        <translation>Остановлен: {why}</translation>
    </message>
    <message>
        <source>Money</source>
        <translation>Деньги</translation>
    </message>
    <message>
        <source>No money yet</source>
        <translation>Денег ещё нет</translation>
    </message>
    <message>
        <source>{sum} still to pay</source>
        <translation>осталось оплатить {sum}</translation>
    </message>
    <message>
        <source>Open the payment of {sum}</source>
        <translation>Открыть поступление {sum}</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>Отпуск</translation>
    </message>
    <message>
        <source>Not released</source>
        <translation>Не разрешён</translation>
    </message>
    <message>
        <source>Pick list</source>
        <translation>Сборка</translation>
    </message>
    <message>
        <source>Not written yet</source>
        <translation>Листа сборки ещё нет</translation>
    </message>
    <message>
        <source>Call</source>
        <translation>Звонок</translation>
    </message>
    <message>
        <source>Nobody has to call yet</source>
        <translation>Звонить ещё рано</translation>
    </message>
    <message>
        <source>Goods</source>
        <translation>Товар</translation>
    </message>
    <message>
        <source>{n} to come</source>
        <translation>ожидается {n}</translation>
    </message>
    <message>
        <source>Buyer</source>
        <translation>Покупатель</translation>
    </message>
</context>
<context>
    <name>OrderParcels</name>
    <message>
        <source>Parcels</source>
        <translation>Отправления</translation>
    </message>
    <message>
        <source>No number yet</source>
        <translation>Номера пока нет</translation>
    </message>
    <message>
        <source>Track number…</source>
        <translation>Трек-номер…</translation>
    </message>
    <message>
        <source>No link to the Kvit service.</source>
        <translation>Нет связи со службой Kvit.</translation>
    </message>
    <message>
        <source>Open the parcel {track}</source>
        <translation>Открыть отправление {track}</translation>
    </message>
</context>
<context>
    <name>Orders</name>
    <message>
        <source>All</source>
        <translation>Все</translation>
    </message>
    <message>
        <source>Unpaid</source>
        <translation>Не оплачены</translation>
    </message>
    <message>
        <source>Part paid</source>
        <translation>Оплачены частично</translation>
    </message>
    <message>
        <source>Paid</source>
        <translation>Оплачены</translation>
    </message>
    <message>
        <source>Released</source>
        <translation>Отпуск разрешён</translation>
    </message>
    <message>
        <source>Picking</source>
        <translation>Собираются</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Готовы</translation>
    </message>
    <message>
        <source>On hold</source>
        <translation>Остановлены</translation>
    </message>
    <message>
        <source>Shipped</source>
        <translation>Выданы</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Отменены</translation>
    </message>
    <message>
        <source>pick-up</source>
        <translation>самовывоз</translation>
    </message>
    <message>
        <source>delivery</source>
        <translation>доставка</translation>
    </message>
    <message>
        <source>the bank took the money back</source>
        <translation>банк отозвал деньги</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>Заказ</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>Дата</translation>
    </message>
    <message>
        <source>Buyer</source>
        <translation>Покупатель</translation>
    </message>
    <message>
        <source>Sum, ₽</source>
        <translation>Сумма, ₽</translation>
    </message>
    <message>
        <source>Paid, ₽</source>
        <translation>Оплачено, ₽</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Состояние</translation>
    </message>
    <message>
        <source>Way</source>
        <translation>Способ</translation>
    </message>
    <message>
        <source>Paid at</source>
        <translation>Оплачен в</translation>
    </message>
    <message>
        <source>Orders</source>
        <translation>Заказы</translation>
    </message>
    <message>
        <source>No such order.</source>
        <translation>Таких заказов нет.</translation>
    </message>
    <message>
        <source>Order, buyer, ИНН, phone…</source>
        <translation>Заказ, покупатель, ИНН, телефон…</translation>
    </message>
</context>
<context>
    <name>Outgoing</name>
    <message>
        <source>To sign</source>
        <translation>На подпись</translation>
    </message>
    <message>
        <source>On the way</source>
        <translation>В пути</translation>
    </message>
    <message>
        <source>Executed</source>
        <translation>Исполнены</translation>
    </message>
    <message>
        <source>Not paid</source>
        <translation>Не оплачены</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Все</translation>
    </message>
    <message>
        <source>no signature yet</source>
        <translation>без подписей</translation>
    </message>
    <message>
        <source>1 signature of 2</source>
        <translation>1 подпись из 2</translation>
    </message>
    <message>
        <source>signed</source>
        <translation>подписано</translation>
    </message>
    <message>
        <source>being sent</source>
        <translation>отправляется</translation>
    </message>
    <message>
        <source>asking the bank</source>
        <translation>спрашиваем банк</translation>
    </message>
    <message>
        <source>with the bank</source>
        <translation>передано банку</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>принято банком</translation>
    </message>
    <message>
        <source>executed</source>
        <translation>исполнено</translation>
    </message>
    <message>
        <source>refused by the bank</source>
        <translation>отказ банка</translation>
    </message>
    <message>
        <source>money came back</source>
        <translation>деньги вернулись</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>отклонено</translation>
    </message>
    <message>
        <source>withdrawn</source>
        <translation>отозвано</translation>
    </message>
    <message>
        <source>The bank has not got it: a decision is wanted</source>
        <translation>У банка его нет: нужно решение</translation>
    </message>
    <message>
        <source>It did not go: ended by a person</source>
        <translation>Не ушло: завершено по решению человека</translation>
    </message>
    <message>
        <source>№</source>
        <translation>№</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>Дата</translation>
    </message>
    <message>
        <source>Payee</source>
        <translation>Получатель</translation>
    </message>
    <message>
        <source>Sum, ₽</source>
        <translation>Сумма, ₽</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Состояние</translation>
    </message>
    <message>
        <source>Purpose</source>
        <translation>Назначение</translation>
    </message>
    <message>
        <source>Signed by</source>
        <translation>Подписали</translation>
    </message>
    <message>
        <source>INN</source>
        <translation>ИНН</translation>
    </message>
    <message>
        <source>Our account</source>
        <translation>Наш счёт</translation>
    </message>
    <message>
        <source>Proposed</source>
        <translation>Предложено</translation>
    </message>
    <message>
        <source>No link to the Kvit service.</source>
        <translation>Нет связи со службой Kvit.</translation>
    </message>
    <message>
        <source>Your role makes no payment orders.</source>
        <translation>Ваша роль не составляет платёжные поручения.</translation>
    </message>
    <message>
        <source>No account of ours is set up for payments: ask IT.</source>
        <translation>Ни один наш счёт не настроен для платежей: обратитесь в ИТ.</translation>
    </message>
    <message>
        <source>Your role has no right to sign.</source>
        <translation>У вашей роли нет права подписи.</translation>
    </message>
    <message>
        <source>By the settings of this company your role does not sign payment orders.</source>
        <translation>По настройкам компании ваша роль не подписывает поручения.</translation>
    </message>
    <message>
        <source>You have signed already: the second signature must be another person&apos;s. Ask a colleague.</source>
        <translation>Вы уже подписали: вторая подпись должна быть другого человека. Попросите коллегу.</translation>
    </message>
    <message>
        <source>Choose a payment order.</source>
        <translation>Выберите поручение.</translation>
    </message>
    <message>
        <source>No signature is wanted any more: {state}.</source>
        <translation>Подпись больше не нужна: {state}.</translation>
    </message>
    <message>
        <source>Your role has no right to withdraw.</source>
        <translation>У вашей роли нет права отзывать поручения.</translation>
    </message>
    <message>
        <source>Too late to withdraw: {state}.</source>
        <translation>Отозвать уже нельзя: {state}.</translation>
    </message>
</context>
<context>
    <name>OutgoingPanel</name>
    <message>
        <source>Withdraw…</source>
        <translation>Отозвать…</translation>
    </message>
    <message>
        <source>Reject…</source>
        <translation>Отклонить…</translation>
    </message>
    <message>
        <source>Sign</source>
        <translation>Подписать</translation>
    </message>
    <message>
        <source>Choose a payment order on the left.</source>
        <translation>Выберите поручение слева.</translation>
    </message>
    <message>
        <source>The bank says it has not got this order. It will not go again by itself; do not pay anew.</source>
        <translation>Банк отвечает, что этого поручения у него нет. Само оно больше не уйдёт; не платите повторно.</translation>
    </message>
    <message>
        <source>Ask the bank whether it has the order, then decide below: send it again, or it did not go.</source>
        <translation>Узнайте в банке, есть ли у него поручение, и решите внизу: отправить ещё раз или платёж не ушёл.</translation>
    </message>
    <message>
        <source>Payment order № {number}</source>
        <translation>Поручение № {number}</translation>
    </message>
    <message>
        <source>of {date}</source>
        <translation>от {date}</translation>
    </message>
    <message>
        <source>from 1C</source>
        <translation>из 1С</translation>
    </message>
    <message>
        <source>from settlements</source>
        <translation>из взаиморасчётов</translation>
    </message>
    <message>
        <source>Do not pay again: Kvit finds out by itself and sends nothing twice.</source>
        <translation>Не платите повторно: Kvit выяснит сам и ничего не отправит дважды.</translation>
    </message>
    <message>
        <source>The bank: {text}</source>
        <translation>Банк: {text}</translation>
    </message>
    <message>
        <source>Reason: {text}</source>
        <translation>Причина: {text}</translation>
    </message>
    <message>
        <source>Payer</source>
        <translation>Плательщик</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>Счёт</translation>
    </message>
    <message>
        <source>Bank</source>
        <translation>Банк</translation>
    </message>
    <message>
        <source>Payee</source>
        <translation>Получатель</translation>
    </message>
    <message>
        <source>Pay again…</source>
        <translation>Заплатить ещё раз…</translation>
    </message>
    <message>
        <source>A new order to the same payee (C)</source>
        <translation>Новое поручение тому же получателю (C)</translation>
    </message>
    <message>
        <source>INN / KPP</source>
        <translation>ИНН / КПП</translation>
    </message>
    <message>
        <source>INN</source>
        <translation>ИНН</translation>
    </message>
    <message>
        <source>BIC</source>
        <translation>БИК</translation>
    </message>
    <message>
        <source>Corr. account</source>
        <translation>Корр. счёт</translation>
    </message>
    <message>
        <source>Purpose</source>
        <translation>Назначение платежа</translation>
    </message>
    <message>
        <source>Priority</source>
        <translation>Очередность</translation>
    </message>
    <message>
        <source>UIN (22)</source>
        <translation>УИН (22)</translation>
    </message>
    <message>
        <source>Budget fields</source>
        <translation>Поля бюджета</translation>
    </message>
    <message>
        <source>Signatures</source>
        <translation>Подписи</translation>
    </message>
    <message>
        <source>Proposed by {name}</source>
        <translation>Предложено: {name}</translation>
    </message>
    <message>
        <source>a signature is wanted</source>
        <translation>нужна подпись</translation>
    </message>
    <message>
        <source>Evidence: the money came back</source>
        <translation>Подтверждение: деньги вернулись</translation>
    </message>
    <message>
        <source>Evidence: the money left</source>
        <translation>Подтверждение: деньги списаны</translation>
    </message>
    <message>
        <source>Statement line</source>
        <translation>Строка выписки</translation>
    </message>
    <message>
        <source>Bank&apos;s reference</source>
        <translation>Референс банка</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Сообщение</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>Получено</translation>
    </message>
    <message>
        <source>History</source>
        <translation>История</translation>
    </message>
    <message>
        <source>It did not go…</source>
        <translation>Платёж не ушёл…</translation>
    </message>
    <message>
        <source>Send again…</source>
        <translation>Отправить ещё раз…</translation>
    </message>
    <message>
        <source>Put my signature under this order</source>
        <translation>Поставить свою подпись под поручением</translation>
    </message>
    <message>
        <source>Refuse to sign, with the reason (R)</source>
        <translation>Отказаться подписать, с причиной (R)</translation>
    </message>
    <message>
        <source>Take it back before it leaves (W)</source>
        <translation>Отозвать, пока не ушло в банк (W)</translation>
    </message>
    <message>
        <source>Let it go to the bank once more</source>
        <translation>Пусть уйдёт в банк ещё раз</translation>
    </message>
    <message>
        <source>End it: the bank has not got it</source>
        <translation>Завершить: в банке его нет</translation>
    </message>
    <message>
        <source>signed</source>
        <translation>подписано</translation>
    </message>
    <message>
        <source>Reject the payment order</source>
        <translation>Отклонить поручение</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>Отклонить</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>отклонено</translation>
    </message>
    <message>
        <source>Withdraw the payment order</source>
        <translation>Отозвать поручение</translation>
    </message>
    <message>
        <source>Withdraw</source>
        <translation>Отозвать</translation>
    </message>
    <message>
        <source>withdrawn</source>
        <translation>отозвано</translation>
    </message>
    <message>
        <source>Send the payment order again</source>
        <translation>Отправить поручение ещё раз</translation>
    </message>
    <message>
        <source>Send again</source>
        <translation>Отправить ещё раз</translation>
    </message>
    <message>
        <source>The same order goes to the bank once more under the same id: should the first one have arrived after all, the bank recognises it.</source>
        <translation>То же поручение уйдёт в банк ещё раз под тем же идентификатором: если первое всё-таки дошло, банк его узнает.</translation>
    </message>
    <message>
        <source>goes to the bank again</source>
        <translation>уходит в банк ещё раз</translation>
    </message>
    <message>
        <source>The payment did not go</source>
        <translation>Платёж не ушёл</translation>
    </message>
    <message>
        <source>It did not go</source>
        <translation>Платёж не ушёл</translation>
    </message>
    <message>
        <source>The order ends and is never sent again, and its number becomes free.</source>
        <translation>Поручение завершится и больше не отправится, а его номер освободится.</translation>
    </message>
    <message>
        <source>did not go, the order has ended</source>
        <translation>платёж не ушёл, поручение завершено</translation>
    </message>
    <message>
        <source>Confirm and sign</source>
        <translation>Подтвердить и подписать</translation>
    </message>
    <message>
        <source>Who at the bank said it, and what? It stays in the order&apos;s history.</source>
        <translation>Кто в банке и что ответил? Это останется в истории поручения.</translation>
    </message>
</context>
<context>
    <name>ParcelActions</name>
    <message>
        <source>Ask the carrier now</source>
        <translation>Запросить перевозчика</translation>
    </message>
    <message>
        <source>Handed over…</source>
        <translation>Вручено…</translation>
    </message>
    <message>
        <source>Correct the buyer&apos;s contacts…</source>
        <translation>Исправить контакты получателя…</translation>
    </message>
    <message>
        <source>No messages about it</source>
        <translation>Не писать о нём получателю</translation>
    </message>
    <message>
        <source>Messages about it again</source>
        <translation>Снова писать о нём получателю</translation>
    </message>
    <message>
        <source>Request a search…</source>
        <translation>Розыск…</translation>
    </message>
    <message>
        <source>Claim the cash on delivery…</source>
        <translation>Претензия о наложенном платеже…</translation>
    </message>
    <message>
        <source>Expect the cash on delivery again…</source>
        <translation>Снова ожидать наложенный платёж…</translation>
    </message>
    <message>
        <source>Watch it again…</source>
        <translation>Снова отслеживать…</translation>
    </message>
    <message>
        <source>Watch it no longer…</source>
        <translation>Больше не отслеживать…</translation>
    </message>
    <message>
        <source>Revoke the buyer&apos;s links</source>
        <translation>Отозвать ссылки получателя</translation>
    </message>
    <message>
        <source>the carrier is asked</source>
        <translation>перевозчик запрошен</translation>
    </message>
    <message>
        <source>marked as delivered</source>
        <translation>отмечено вручённым</translation>
    </message>
    <message>
        <source>contacts corrected</source>
        <translation>контакты исправлены</translation>
    </message>
    <message>
        <source>the buyer is not written to any more</source>
        <translation>получателю больше не пишем</translation>
    </message>
    <message>
        <source>the buyer is written to again</source>
        <translation>получателю снова пишем</translation>
    </message>
    <message>
        <source>its cash on delivery is expected again</source>
        <translation>наложенный платёж снова ожидается</translation>
    </message>
    <message>
        <source>watched again</source>
        <translation>снова отслеживается</translation>
    </message>
    <message>
        <source>watched no longer</source>
        <translation>больше не отслеживается</translation>
    </message>
    <message>
        <source>links revoked</source>
        <translation>ссылки отозваны</translation>
    </message>
    <message>
        <source>the request is made out</source>
        <translation>заявление подготовлено</translation>
    </message>
    <message>
        <source>the claim is made out</source>
        <translation>претензия подготовлена</translation>
    </message>
    <message>
        <source>Reminders stop. Its cash on delivery is due from today, whatever the carrier wrote down.</source>
        <translation>Напоминания прекратятся. Наложенный платёж ждём с сегодняшнего дня, что бы ни записал перевозчик.</translation>
    </message>
    <message>
        <source>Nobody asks about it and nobody writes to its buyer. It can be reopened.</source>
        <translation>О нём больше не спрашивают и получателю не пишут. Отслеживание можно возобновить.</translation>
    </message>
    <message>
        <source>The carrier pays though it went back: the money is expected again, and what waited is decided anew.</source>
        <translation>Перевозчик платит, хотя отправление вернулось: деньги снова ожидаются, а то, что их ждало, решается заново.</translation>
    </message>
    <message>
        <source>It stands again where its carrier&apos;s records say it is.</source>
        <translation>Оно снова стоит там, где его видел перевозчик.</translation>
    </message>
    <message>
        <source>Pages the buyer has got by a link do not open any more.</source>
        <translation>Страницы, которые получатель открывал по ссылке, больше не откроются.</translation>
    </message>
    <message>
        <source>How do you know? For example: the buyer said so on the phone.</source>
        <translation>Откуда вы знаете? Например: получатель сказал по телефону.</translation>
    </message>
    <message>
        <source>Why? For example: entered by mistake.</source>
        <translation>Почему? Например: внесено по ошибке.</translation>
    </message>
    <message>
        <source>How do you know? For example: the carrier&apos;s registry names it.</source>
        <translation>Откуда это известно? Например: оно есть в реестре перевозчика.</translation>
    </message>
    <message>
        <source>Why is it to be watched again?</source>
        <translation>Почему его нужно отслеживать снова?</translation>
    </message>
    <message>
        <source>A numbered letter to the carrier for {sum} is made out; from then on the money stands as claimed.</source>
        <translation>Будет составлено письмо перевозчику с номером, на {sum}; дальше деньги числятся предъявленными.</translation>
    </message>
    <message>
        <source>Request to search for {track}</source>
        <translation>Заявление о розыске {track}</translation>
    </message>
    <message>
        <source>Claim for the cash on delivery of {track}</source>
        <translation>Претензия о наложенном платеже {track}</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Ещё</translation>
    </message>
    <message>
        <source>More actions</source>
        <translation>Другие действия</translation>
    </message>
    <message>
        <source>What else can be done ({keys})</source>
        <translation>Что ещё можно сделать ({keys})</translation>
    </message>
    <message>
        <source>Nothing to do</source>
        <translation>Делать нечего</translation>
    </message>
    <message>
        <source>No link to the Kvit service.</source>
        <translation>Нет связи со службой Kvit.</translation>
    </message>
    <message>
        <source>Enter in the list does the same</source>
        <translation>Enter в списке делает то же</translation>
    </message>
</context>
<context>
    <name>ParcelCard</name>
    <message>
        <source>Its way</source>
        <translation>Путь</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>Сообщения</translation>
    </message>
    <message>
        <source>Money</source>
        <translation>Деньги</translation>
    </message>
    <message>
        <source>History</source>
        <translation>История</translation>
    </message>
    <message>
        <source>Choose a parcel on the left.</source>
        <translation>Выберите отправление слева.</translation>
    </message>
    <message>
        <source>Copy the number</source>
        <translation>Скопировать номер</translation>
    </message>
    <message>
        <source>Copy the number (C)</source>
        <translation>Скопировать номер (C)</translation>
    </message>
    <message>
        <source>The carrier has never heard of it: is the number right?</source>
        <translation>Перевозчик о нём никогда не слышал: верен ли номер?</translation>
    </message>
    <message>
        <source>no messages</source>
        <translation>без сообщений</translation>
    </message>
    <message>
        <source>Stuck: nothing new for {time}</source>
        <translation>Застряло: ничего нового {time}</translation>
    </message>
    <message>
        <source>Last news: {time}</source>
        <translation>Последняя отметка: {time}</translation>
    </message>
    <message>
        <source>Not watched since {day}: {why}</source>
        <translation>Не отслеживается с {day}: {why}</translation>
    </message>
    <message>
        <source>Kept for the buyer until {day}</source>
        <translation>Хранится для получателя до {day}</translation>
    </message>
    <message>
        <source>To: {address}</source>
        <translation>Куда: {address}</translation>
    </message>
    <message>
        <source>the buyer&apos;s data was removed on {day}</source>
        <translation>данные получателя удалены {day}</translation>
    </message>
    <message>
        <source>The carrier answered {last}; it is asked next {next}</source>
        <translation>Перевозчик ответил {last}; следующий запрос {next}</translation>
    </message>
    <message>
        <source>Questions without an answer in a row: {n}</source>
        <translation>Запросов подряд без ответа: {n}</translation>
    </message>
    <message>
        <source>Entered {source}, {time}</source>
        <translation>Внесено {source}, {time}</translation>
    </message>
    <message>
        <source>the number is copied</source>
        <translation>номер скопирован</translation>
    </message>
</context>
<context>
    <name>ParcelForm</name>
    <message>
        <source>Number of the parcel</source>
        <translation>Номер отправления</translation>
    </message>
    <message>
        <source>Carrier</source>
        <translation>Перевозчик</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>Заказ</translation>
    </message>
    <message>
        <source>Buyer</source>
        <translation>Получатель</translation>
    </message>
    <message>
        <source>Phone</source>
        <translation>Телефон</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>Эл. почта</translation>
    </message>
    <message>
        <source>Index</source>
        <translation>Индекс</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Адрес</translation>
    </message>
    <message>
        <source>Cash on delivery, ₽</source>
        <translation>Наложенный платёж, ₽</translation>
    </message>
    <message>
        <source>Declared value, ₽</source>
        <translation>Объявленная ценность, ₽</translation>
    </message>
    <message>
        <source>Sum of the order, ₽</source>
        <translation>Сумма заказа, ₽</translation>
    </message>
    <message>
        <source>Postage, ₽</source>
        <translation>Пересылка, ₽</translation>
    </message>
    <message>
        <source>Goods of (shop)</source>
        <translation>Чьи товары (магазин)</translation>
    </message>
    <message>
        <source>Kind of item</source>
        <translation>Вид отправления</translation>
    </message>
    <message>
        <source>Consent to messages</source>
        <translation>Согласие на сообщения</translation>
    </message>
    <message>
        <source>The number is needed.</source>
        <translation>Нужен номер.</translation>
    </message>
    <message>
        <source>This is not a sum.</source>
        <translation>Это не сумма.</translation>
    </message>
    <message>
        <source>; it is here already</source>
        <translation>; оно уже есть</translation>
    </message>
    <message>
        <source>Who waits for it</source>
        <translation>Кто его ждёт</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Сохранить</translation>
    </message>
    <message>
        <source>Messages that are already made go to the former address.</source>
        <translation>Уже составленные сообщения уйдут на прежний адрес.</translation>
    </message>
    <message>
        <source>New parcel</source>
        <translation>Новое отправление</translation>
    </message>
    <message>
        <source>Enter it</source>
        <translation>Внести</translation>
    </message>
    <message>
        <source>One that is known already is filled in where it was empty.</source>
        <translation>Если такое уже есть, в нём заполнится пустое.</translation>
    </message>
    <message>
        <source>by its number</source>
        <translation>по номеру</translation>
    </message>
    <message>
        <source>The shop has the buyer&apos;s consent to messages about the parcel</source>
        <translation>У магазина есть согласие получателя на сообщения об отправлении</translation>
    </message>
    <message>
        <source>Without it only what the settings allow is written</source>
        <translation>Без него пишем только то, что разрешают настройки</translation>
    </message>
    <message>
        <source>Parcel of order {number}</source>
        <translation>Отправление по заказу {number}</translation>
    </message>
    <message>
        <source>Buyer, address and sum are taken from the order.</source>
        <translation>Получатель, адрес и сумма берутся из заказа.</translation>
    </message>
    <message>
        <source>empty: what the carrier says</source>
        <translation>пусто: как скажет перевозчик</translation>
    </message>
</context>
<context>
    <name>ParcelImport</name>
    <message>
        <source>All rows</source>
        <translation>Все строки</translation>
    </message>
    <message>
        <source>Taken in</source>
        <translation>Принято</translation>
    </message>
    <message>
        <source>Taken in, look at it</source>
        <translation>Принято, взгляните</translation>
    </message>
    <message>
        <source>Filled in</source>
        <translation>Дополнено</translation>
    </message>
    <message>
        <source>Known before</source>
        <translation>Уже было</translation>
    </message>
    <message>
        <source>Refused</source>
        <translation>Отказано</translation>
    </message>
    <message>
        <source>{done} of {all}</source>
        <translation>{done} из {all}</translation>
    </message>
    <message>
        <source>Rows being taken in: {done}</source>
        <translation>Загружается строк: {done}</translation>
    </message>
    <message>
        <source>Rows taken in: {done}</source>
        <translation>Загружено строк: {done}</translation>
    </message>
    <message>
        <source>Stopped at row {done}. The same file goes on from there.</source>
        <translation>Остановлено на строке {done}. Тот же файл продолжит с этого места.</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>Строка</translation>
    </message>
    <message>
        <source>What became of it</source>
        <translation>Что с ней стало</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Почему</translation>
    </message>
    <message>
        <source>List of parcels</source>
        <translation>Список отправлений</translation>
    </message>
    <message>
        <source>First rows of the file, what each column says above</source>
        <translation>Первые строки файла, над ними — что значит каждый столбец</translation>
    </message>
    <message>
        <source>Headings of the file</source>
        <translation>Заголовки файла</translation>
    </message>
    <message>
        <source>Rows of the file</source>
        <translation>Строки файла</translation>
    </message>
    <message>
        <source>Goods of the shop, where a row does not say</source>
        <translation>Чьи товары, если в строке не сказано</translation>
    </message>
    <message>
        <source>ours</source>
        <translation>наши</translation>
    </message>
    <message>
        <source>Rows taken in</source>
        <translation>Загружено строк</translation>
    </message>
    <message>
        <source>What became of each row</source>
        <translation>Что стало с каждой строкой</translation>
    </message>
    <message>
        <source>No such row.</source>
        <translation>Таких строк нет.</translation>
    </message>
    <message>
        <source>Copy the rows</source>
        <translation>Скопировать строки</translation>
    </message>
    <message>
        <source>Save the rows…</source>
        <translation>Сохранить строки…</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Назад</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Остановить</translation>
    </message>
    <message>
        <source>Take in</source>
        <translation>Загрузить</translation>
    </message>
    <message>
        <source>The file is larger than {size} MB.</source>
        <translation>Файл больше {size} МБ.</translation>
    </message>
    <message>
        <source>The file cannot be read: {why}</source>
        <translation>Файл не читается: {why}</translation>
    </message>
    <message>
        <source>What column {head} says</source>
        <translation>Что значит столбец {head}</translation>
    </message>
    <message>
        <source>{rows}. Say which column has the numbers.</source>
        <translation>{rows}. Укажите, в каком столбце номера.</translation>
    </message>
    <message>
        <source>{rows}. Read as such lists were read before.</source>
        <translation>{rows}. Читается так же, как прежние такие списки.</translation>
    </message>
    <message>
        <source>{rows}. Check what each column says: such lists are read so from now on.</source>
        <translation>{rows}. Проверьте, что значит каждый столбец: дальше такие списки читаются так же.</translation>
    </message>
    <message>
        <source>Save the rows</source>
        <translation>Сохранить строки</translation>
    </message>
    <message>
        <source>The file cannot be written: {why}</source>
        <translation>Файл не записывается: {why}</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Готово</translation>
    </message>
</context>
<context>
    <name>ParcelLetter</name>
    <message>
        <source>It could be handed in until {day}: that day is over.</source>
        <translation>Подать можно было до {day}: этот день прошёл.</translation>
    </message>
    <message>
        <source>To be handed in by {day}.</source>
        <translation>Подать нужно до {day}.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Закрыть</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Скопировать</translation>
    </message>
    <message>
        <source>Print…</source>
        <translation>Печать…</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>Скопировано.</translation>
    </message>
</context>
<context>
    <name>ParcelMessages</name>
    <message>
        <source>Put down</source>
        <translation>Записать</translation>
    </message>
    <message>
        <source>It holds for every parcel of this address from now on.</source>
        <translation>Это относится ко всем отправлениям этого адреса, начиная с этой минуты.</translation>
    </message>
    <message>
        <source>When and how did the buyer say so?</source>
        <translation>Когда и как получатель об этом сказал?</translation>
    </message>
    <message>
        <source>put down</source>
        <translation>записано</translation>
    </message>
    <message>
        <source>It was decided not to write to this parcel&apos;s buyer.</source>
        <translation>Получателю этого отправления решено не писать.</translation>
    </message>
    <message>
        <source>It is of the control group: its buyer gets no reminders, so that their worth shows.</source>
        <translation>Контрольная группа: получателю не напоминаем, чтобы было видно, чего стоят напоминания.</translation>
    </message>
    <message>
        <source>Next reminder: {time}</source>
        <translation>Следующее напоминание: {time}</translation>
    </message>
    <message>
        <source>Nothing was written yet.</source>
        <translation>Пока ничего не писали.</translation>
    </message>
    <message>
        <source>Send again…</source>
        <translation>Отправить ещё раз…</translation>
    </message>
    <message>
        <source>Send again: {what}</source>
        <translation>Отправить ещё раз: {what}</translation>
    </message>
    <message>
        <source>Send the message again</source>
        <translation>Отправить сообщение ещё раз</translation>
    </message>
    <message>
        <source>Send again</source>
        <translation>Отправить ещё раз</translation>
    </message>
    <message>
        <source>The same text goes to the same address; the buyer may have it twice.</source>
        <translation>Тот же текст уйдёт на тот же адрес; получатель может получить его дважды.</translation>
    </message>
    <message>
        <source>Why? The reason stays with the message.</source>
        <translation>Почему? Причина останется при сообщении.</translation>
    </message>
    <message>
        <source>the message is sent again</source>
        <translation>сообщение отправляется ещё раз</translation>
    </message>
</context>
<context>
    <name>ParcelMoney</name>
    <message>
        <source>Order {number}</source>
        <translation>Заказ {number}</translation>
    </message>
    <message>
        <source>Order not named</source>
        <translation>Заказ не назван</translation>
    </message>
    <message>
        <source>Open order {number}</source>
        <translation>Открыть заказ {number}</translation>
    </message>
    <message>
        <source>Sum of the order</source>
        <translation>Сумма заказа</translation>
    </message>
    <message>
        <source>Declared value</source>
        <translation>Объявленная ценность</translation>
    </message>
    <message>
        <source>Postage</source>
        <translation>Пересылка</translation>
    </message>
    <message>
        <source>Goods of</source>
        <translation>Чьи товары</translation>
    </message>
    <message>
        <source>Invoice № {number}: {sum}, still open {rest}</source>
        <translation>Счёт № {number}: {sum}, не оплачено {rest}</translation>
    </message>
    <message>
        <source>The carrier collects</source>
        <translation>Перевозчик получает с покупателя</translation>
    </message>
    <message>
        <source>In the bank&apos;s statement</source>
        <translation>В выписке банка</translation>
    </message>
    <message>
        <source>{received} of {cod}</source>
        <translation>{received} из {cod}</translation>
    </message>
    <message>
        <source>Due by {day}</source>
        <translation>Срок — {day}</translation>
    </message>
    <message>
        <source>Claim № {number} of {day}: {sum}</source>
        <translation>Претензия № {number} от {day}: {sum}</translation>
    </message>
    <message>
        <source>Paid before</source>
        <translation>Оплачено заранее</translation>
    </message>
    <message>
        <source>Open the payment</source>
        <translation>Открыть платёж</translation>
    </message>
    <message>
        <source>Open the payment of {sum} with the bank&apos;s message</source>
        <translation>Открыть платёж на {sum} с сообщением банка</translation>
    </message>
</context>
<context>
    <name>ParcelMorning</name>
    <message>
        <source>Stuck</source>
        <translation>Застряли</translation>
    </message>
    <message>
        <source>Storage ends</source>
        <translation>Хранение кончается</translation>
    </message>
    <message>
        <source>Going back</source>
        <translation>Возвращаются</translation>
    </message>
    <message>
        <source>May be waiting</source>
        <translation>Возможно, ждут</translation>
    </message>
    <message>
        <source>Unknown to the carrier</source>
        <translation>Неизвестны перевозчику</translation>
    </message>
    <message>
        <source>Money missing</source>
        <translation>Нет денег</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>Номер</translation>
    </message>
    <message>
        <source>Buyer</source>
        <translation>Получатель</translation>
    </message>
    <message>
        <source>Phone</source>
        <translation>Телефон</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>Эл. почта</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>Этап</translation>
    </message>
    <message>
        <source>Silent for</source>
        <translation>Без вестей</translation>
    </message>
    <message>
        <source>Kept until</source>
        <translation>Хранится до</translation>
    </message>
    <message>
        <source>At stake, ₽</source>
        <translation>Под риском, ₽</translation>
    </message>
    <message>
        <source>Save as Excel…</source>
        <translation>Сохранить в Excel…</translation>
    </message>
    <message>
        <source>Parcels to look at</source>
        <translation>Отправления, на которые нужно взглянуть</translation>
    </message>
    <message>
        <source>No parcel with this trouble.</source>
        <translation>С этой бедой отправлений нет.</translation>
    </message>
    <message>
        <source>No link to the Kvit service.</source>
        <translation>Нет связи со службой Kvit.</translation>
    </message>
    <message>
        <source>Save the morning report</source>
        <translation>Сохранить утренний отчёт</translation>
    </message>
    <message>
        <source>In all: {parcels}, at stake {sum}</source>
        <translation>Всего: {parcels}, под риском {sum}</translation>
    </message>
    <message>
        <source>Here: {parcels}, at stake {sum}</source>
        <translation>Здесь: {parcels}, под риском {sum}</translation>
    </message>
    <message>
        <source>not listed: {n}</source>
        <translation>не показано: {n}</translation>
    </message>
</context>
<context>
    <name>ParcelWay</name>
    <message>
        <source>The carrier has told nothing yet</source>
        <translation>Перевозчик пока ничего не сообщил</translation>
    </message>
    <message>
        <source>Asked {last}</source>
        <translation>Запрошен {last}</translation>
    </message>
    <message>
        <source>Kept until {day}</source>
        <translation>Хранится до {day}</translation>
    </message>
    <message>
        <source>Code {code} is not in our table: it changes nothing here</source>
        <translation>Кода {code} нет в нашей таблице: здесь он ничего не меняет</translation>
    </message>
</context>
<context>
    <name>Parcels</name>
    <message>
        <source>All</source>
        <translation>Все</translation>
    </message>
    <message>
        <source>Stuck</source>
        <translation>Застряли</translation>
    </message>
    <message>
        <source>Wait for the buyer</source>
        <translation>Ждут получателя</translation>
    </message>
    <message>
        <source>Going back</source>
        <translation>Возвращаются</translation>
    </message>
    <message>
        <source>Cash on delivery due</source>
        <translation>Ждём наложенный</translation>
    </message>
    <message>
        <source>Cash on delivery missing</source>
        <translation>Наложенный не пришёл</translation>
    </message>
    <message>
        <source>Watched</source>
        <translation>Отслеживаются</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>Завершены</translation>
    </message>
    <message>
        <source>Russian Post</source>
        <translation>Почта России</translation>
    </message>
    <message>
        <source>CDEK</source>
        <translation>СДЭК</translation>
    </message>
    <message>
        <source>from a file</source>
        <translation>из файла</translation>
    </message>
    <message>
        <source>from a program</source>
        <translation>программой</translation>
    </message>
    <message>
        <source>from a shipment</source>
        <translation>по отгрузке</translation>
    </message>
    <message>
        <source>from 1C</source>
        <translation>из 1С</translation>
    </message>
    <message>
        <source>by hand</source>
        <translation>вручную</translation>
    </message>
    <message>
        <source>expected</source>
        <translation>ожидается</translation>
    </message>
    <message>
        <source>the buyer has paid</source>
        <translation>покупатель заплатил</translation>
    </message>
    <message>
        <source>arrived</source>
        <translation>пришёл</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>не пришёл</translation>
    </message>
    <message>
        <source>claimed</source>
        <translation>претензия</translation>
    </message>
    <message>
        <source>not to come</source>
        <translation>не будет</translation>
    </message>
    <message>
        <source>cash on delivery: {state}</source>
        <translation>наложенный: {state}</translation>
    </message>
    <message>
        <source>today</source>
        <translation>сегодня</translation>
    </message>
    <message>
        <source>last day</source>
        <translation>последний день</translation>
    </message>
    <message>
        <source>cash on delivery {sum}</source>
        <translation>наложенный платёж {sum}</translation>
    </message>
    <message>
        <source>at stake {sum}</source>
        <translation>под риском {sum}</translation>
    </message>
    <message>
        <source>May already be waiting since {day}: the carrier may have forgotten to say so</source>
        <translation>Возможно, уже ждёт с {day}: перевозчик мог забыть об этом сообщить</translation>
    </message>
    <message>
        <source>to the same office</source>
        <translation>в то же отделение</translation>
    </message>
    <message>
        <source>between the same regions</source>
        <translation>между теми же регионами</translation>
    </message>
    <message>
        <source>anywhere</source>
        <translation>по всем направлениям</translation>
    </message>
    <message>
        <source>By then {percent} % of {n} such parcels had arrived {where}</source>
        <translation>К этому сроку прибыло {percent} % из {n} таких отправлений {where}</translation>
    </message>
    <message>
        <source>the carrier says so</source>
        <translation>так говорит перевозчик</translation>
    </message>
    <message>
        <source>its money stands in the bank&apos;s statement</source>
        <translation>деньги за него стоят в выписке банка</translation>
    </message>
    <message>
        <source>the buyer says he has it</source>
        <translation>получатель говорит, что оно у него</translation>
    </message>
    <message>
        <source>one of ours says so</source>
        <translation>так говорит наш сотрудник</translation>
    </message>
    <message>
        <source>not wanted any more</source>
        <translation>больше не нужно</translation>
    </message>
    <message>
        <source>nothing was heard of it for long</source>
        <translation>о нём давно ничего не слышно</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>Номер</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>Этап</translation>
    </message>
    <message>
        <source>Silent for</source>
        <translation>Без вестей</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>Хранение</translation>
    </message>
    <message>
        <source>Buyer</source>
        <translation>Получатель</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>Заказ</translation>
    </message>
    <message>
        <source>COD, ₽</source>
        <translation>Налож., ₽</translation>
    </message>
    <message>
        <source>Its money</source>
        <translation>Деньги</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Где</translation>
    </message>
    <message>
        <source>Phone</source>
        <translation>Телефон</translation>
    </message>
    <message>
        <source>Carrier</source>
        <translation>Перевозчик</translation>
    </message>
    <message>
        <source>Shop</source>
        <translation>Магазин</translation>
    </message>
    <message>
        <source>Entered</source>
        <translation>Внесено</translation>
    </message>
    <message>
        <source>Parcels</source>
        <translation>Отправления</translation>
    </message>
    <message>
        <source>No parcel here.</source>
        <translation>Отправлений нет.</translation>
    </message>
    <message>
        <source>Number, order, phone, name…</source>
        <translation>Номер, заказ, телефон, имя…</translation>
    </message>
    <message>
        <source>File…</source>
        <translation>Файл…</translation>
    </message>
    <message>
        <source>Take in a list: xlsx, csv, ods, xls</source>
        <translation>Загрузить список: xlsx, csv, ods, xls</translation>
    </message>
    <message>
        <source>Take in a file</source>
        <translation>Загрузить файл</translation>
    </message>
    <message>
        <source>New…</source>
        <translation>Новое…</translation>
    </message>
    <message>
        <source>Enter a parcel</source>
        <translation>Внести отправление</translation>
    </message>
    <message>
        <source>New parcel</source>
        <translation>Новое отправление</translation>
    </message>
    <message>
        <source>To look at today</source>
        <translation>Взглянуть сегодня</translation>
    </message>
    <message>
        <source>all carriers</source>
        <translation>все перевозчики</translation>
    </message>
    <message>
        <source>{track}: entered</source>
        <translation>{track}: внесено</translation>
    </message>
    <message>
        <source>{track}: was here before</source>
        <translation>{track}: уже было</translation>
    </message>
    <message>
        <source>{track}: was here before, and is filled in now</source>
        <translation>{track}: уже было, пустое заполнено</translation>
    </message>
    <message>
        <source>A list of parcels</source>
        <translation>Список отправлений</translation>
    </message>
    <message>
        <source>Lists (*.xlsx *.csv *.txt *.ods *.xls);;All files (*)</source>
        <translation>Списки (*.xlsx *.csv *.txt *.ods *.xls);;Все файлы (*)</translation>
    </message>
</context>
<context>
    <name>PaymentForm</name>
    <message>
        <source>Choose the account to pay from.</source>
        <translation>Выберите счёт, с которого платим.</translation>
    </message>
    <message>
        <source>Who gets the money?</source>
        <translation>Кто получит деньги?</translation>
    </message>
    <message>
        <source>The payee&apos;s account is missing.</source>
        <translation>Не указан счёт получателя.</translation>
    </message>
    <message>
        <source>The BIC of the payee&apos;s bank is missing.</source>
        <translation>Не указан БИК банка получателя.</translation>
    </message>
    <message>
        <source>What is it paid for?</source>
        <translation>За что платим?</translation>
    </message>
    <message>
        <source>How much?</source>
        <translation>Сколько?</translation>
    </message>
    <message>
        <source>This is no sum. For example: 12 500,00</source>
        <translation>Это не сумма. Например: 12&#xa0;500,00</translation>
    </message>
    <message>
        <source>The sum must be above zero.</source>
        <translation>Сумма должна быть больше нуля.</translation>
    </message>
    <message>
        <source>{n} characters, {limit} fit.</source>
        <translation>{n} знаков, а можно {limit}.</translation>
    </message>
    <message>
        <source>New payment order</source>
        <translation>Новое платёжное поручение</translation>
    </message>
    <message>
        <source>Payee</source>
        <translation>Получатель</translation>
    </message>
    <message>
        <source>Payment</source>
        <translation>Платёж</translation>
    </message>
    <message>
        <source>Our account</source>
        <translation>Наш счёт</translation>
    </message>
    <message>
        <source>the next one</source>
        <translation>следующий</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>Номер</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>Дата</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Наименование</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>Счёт получателя</translation>
    </message>
    <message>
        <source>INN</source>
        <translation>ИНН</translation>
    </message>
    <message>
        <source>KPP</source>
        <translation>КПП</translation>
    </message>
    <message>
        <source>Corr. account</source>
        <translation>Корр. счёт банка</translation>
    </message>
    <message>
        <source>BIC</source>
        <translation>БИК</translation>
    </message>
    <message>
        <source>Bank</source>
        <translation>Банк получателя</translation>
    </message>
    <message>
        <source>Sum, ₽</source>
        <translation>Сумма, ₽</translation>
    </message>
    <message>
        <source>as written in the purpose</source>
        <translation>как в назначении</translation>
    </message>
    <message>
        <source>not taxed</source>
        <translation>не облагается</translation>
    </message>
    <message>
        <source>{rate} % included</source>
        <translation>в т.ч. {rate} %</translation>
    </message>
    <message>
        <source>VAT</source>
        <translation>НДС</translation>
    </message>
    <message>
        <source>Priority</source>
        <translation>Очередность</translation>
    </message>
    <message>
        <source>none</source>
        <translation>нет</translation>
    </message>
    <message>
        <source>UIN (22)</source>
        <translation>УИН (22)</translation>
    </message>
    <message>
        <source>Purpose</source>
        <translation>Назначение платежа</translation>
    </message>
    <message>
        <source>Payment to the budget (fields 101–109)</source>
        <translation>Платёж в бюджет (поля 101–109)</translation>
    </message>
    <message>
        <source>101 Payer&apos;s status</source>
        <translation>101 Статус составителя</translation>
    </message>
    <message>
        <source>104 Budget code (KBK)</source>
        <translation>104 КБК</translation>
    </message>
    <message>
        <source>105 Territory (OKTMO)</source>
        <translation>105 ОКТМО</translation>
    </message>
    <message>
        <source>106 Basis</source>
        <translation>106 Основание</translation>
    </message>
    <message>
        <source>107 Period</source>
        <translation>107 Период</translation>
    </message>
    <message>
        <source>108 Document</source>
        <translation>108 Номер документа</translation>
    </message>
    <message>
        <source>109 Document date</source>
        <translation>109 Дата документа</translation>
    </message>
    <message>
        <source>Empty the form</source>
        <translation>Очистить форму</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Закрыть</translation>
    </message>
    <message>
        <source>Propose</source>
        <translation>Предложить</translation>
    </message>
    <message>
        <source>The bank will read: {text}</source>
        <translation>Банк прочтёт: {text}</translation>
    </message>
    <message>
        <source>Propose the payment order (Ctrl+Enter)</source>
        <translation>Предложить поручение (Ctrl+Enter)</translation>
    </message>
    <message>
        <source>No link to the service. What you have typed stays here.</source>
        <translation>Нет связи со службой. Всё набранное останется здесь.</translation>
    </message>
    <message>
        <source>Confirm and propose</source>
        <translation>Подтвердить и предложить</translation>
    </message>
</context>
<context>
    <name>Payments</name>
    <message>
        <source>All</source>
        <translation>Все</translation>
    </message>
    <message>
        <source>Need a person</source>
        <translation>Нужен человек</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Автоматически</translation>
    </message>
    <message>
        <source>By hand</source>
        <translation>Вручную</translation>
    </message>
    <message>
        <source>Not ours</source>
        <translation>Не наше</translation>
    </message>
    <message>
        <source>Reversed</source>
        <translation>Сторно</translation>
    </message>
    <message>
        <source>needs a person</source>
        <translation>нужен человек</translation>
    </message>
    <message>
        <source>partly allocated</source>
        <translation>частично</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>автоматически</translation>
    </message>
    <message>
        <source>by hand</source>
        <translation>вручную</translation>
    </message>
    <message>
        <source>not ours</source>
        <translation>не наше</translation>
    </message>
    <message>
        <source>reversed</source>
        <translation>сторно</translation>
    </message>
    <message>
        <source>Repeats</source>
        <translation>Повтор?</translation>
    </message>
    <message>
        <source>New</source>
        <translation>Новые</translation>
    </message>
    <message>
        <source>new</source>
        <translation>новое</translation>
    </message>
    <message>
        <source>a repeat?</source>
        <translation>повтор?</translation>
    </message>
    <message>
        <source>signed by the bank</source>
        <translation>подписано банком</translation>
    </message>
    <message>
        <source>proved by the channel</source>
        <translation>подтверждено каналом</translation>
    </message>
    <message>
        <source>imported file only</source>
        <translation>только файл</translation>
    </message>
    <message>
        <source>no evidence</source>
        <translation>без подтверждения</translation>
    </message>
    <message>
        <source>Undo: the release waits for a confirmation again, the allocation stays.</source>
        <translation>Отмена: отпуск снова ждёт подтверждения, разнесение остаётся.</translation>
    </message>
    <message>
        <source>Undo: the payment waits for a person again.</source>
        <translation>Отмена: поступление снова ждёт человека.</translation>
    </message>
    <message>
        <source>Undo takes back all of it at once: {sums}. The payment waits for a person again; goods nobody has begun to pick are held.</source>
        <translation>Отмена одним действием снимет всё: {sums}. Поступление снова будет ждать человека; товар, который ещё не начали собирать, задержится.</translation>
    </message>
    <message>
        <source>Undone: the release waits for a confirmation again.</source>
        <translation>отменено, отпуск снова ждёт подтверждения.</translation>
    </message>
    <message>
        <source>Undone: the payment waits for a person again.</source>
        <translation>отменено, поступление снова ждёт человека.</translation>
    </message>
    <message>
        <source>Undone: {sums}. The payment waits for a person again.</source>
        <translation>снято {sums}. Поступление снова ждёт человека.</translation>
    </message>
    <message>
        <source>{sum} from invoice {number}</source>
        <translation>{sum} со счёта {number}</translation>
    </message>
    <message>
        <source>Bank time</source>
        <translation>Время банка</translation>
    </message>
    <message>
        <source>Payer</source>
        <translation>Плательщик</translation>
    </message>
    <message>
        <source>Sum, ₽</source>
        <translation>Сумма, ₽</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Состояние</translation>
    </message>
    <message>
        <source>Invoices</source>
        <translation>Счета</translation>
    </message>
    <message>
        <source>Purpose</source>
        <translation>Назначение</translation>
    </message>
    <message>
        <source>ИНН</source>
        <translation>ИНН</translation>
    </message>
    <message>
        <source>Not allocated, ₽</source>
        <translation>Не разнесено, ₽</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>Подтверждение</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>Получено</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>Счёт плательщика</translation>
    </message>
    <message>
        <source>Payments</source>
        <translation>Платежи</translation>
    </message>
    <message>
        <source>Nothing here. New payments appear by themselves.</source>
        <translation>Здесь пусто. Новые поступления появятся сами.</translation>
    </message>
    <message>
        <source>Sum, payer, ИНН, invoice…</source>
        <translation>Сумма, плательщик, ИНН, счёт…</translation>
    </message>
    <message>
        <source>Rules…</source>
        <translation>Правила…</translation>
    </message>
    <message>
        <source>Who pays for whom</source>
        <translation>Кто за кого платит</translation>
    </message>
    <message>
        <source>Nothing of yours was saved.</source>
        <translation>Ваше решение не записано.</translation>
    </message>
    <message>
        <source>Show their decision</source>
        <translation>Показать решение коллеги</translation>
    </message>
    <message>
        <source>{payer}: the rule is made</source>
        <translation>{payer}: правило заведено</translation>
    </message>
</context>
<context>
    <name>Payout</name>
    <message>
        <source>Payout of a partner</source>
        <translation>Выплата партнёра</translation>
    </message>
    <message>
        <source>Registry № {number} of {date}</source>
        <translation>Реестр № {number} от {date}</translation>
    </message>
    <message>
        <source>Show registry № {number}</source>
        <translation>Показать реестр № {number}</translation>
    </message>
    <message>
        <source>To the registry</source>
        <translation>К реестру</translation>
    </message>
    <message>
        <source>buyers paid</source>
        <translation>заплатили покупатели</translation>
    </message>
    <message>
        <source>kept by the partner</source>
        <translation>удержал партнёр</translation>
    </message>
    <message>
        <source>credited</source>
        <translation>зачислено</translation>
    </message>
    <message>
        <source>does not agree</source>
        <translation>не сходится</translation>
    </message>
    <message>
        <source>agrees to the kopeck</source>
        <translation>сходится до копейки</translation>
    </message>
    <message>
        <source>not allocated</source>
        <translation>не разнесено</translation>
    </message>
</context>
<context>
    <name>PickSheet</name>
    <message>
        <source>Pick list {number}</source>
        <translation>Лист сборки {number}</translation>
    </message>
    <message>
        <source>Pick list · order {number}</source>
        <translation>Лист сборки · заказ {number}</translation>
    </message>
    <message>
        <source>to be ready by {time}</source>
        <translation>собрать до {time}</translation>
    </message>
    <message>
        <source>proved: {sha}…</source>
        <translation>подтверждено: {sha}…</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>Ячейка</translation>
    </message>
    <message>
        <source>Goods</source>
        <translation>Товар</translation>
    </message>
    <message>
        <source>Article</source>
        <translation>Артикул</translation>
    </message>
    <message>
        <source>Need</source>
        <translation>Нужно</translation>
    </message>
    <message>
        <source>Picked</source>
        <translation>Собрано</translation>
    </message>
    <message>
        <source>Picked: {line}</source>
        <translation>Собрал: {line}</translation>
    </message>
    <message>
        <source>Checked: {line}</source>
        <translation>Проверил: {line}</translation>
    </message>
    <message>
        <source>page {n} of {all}</source>
        <translation>лист {n} из {all}</translation>
    </message>
</context>
<context>
    <name>Picks</name>
    <message>
        <source>Open</source>
        <translation>Открытые</translation>
    </message>
    <message>
        <source>To confirm</source>
        <translation>Подтвердить</translation>
    </message>
    <message>
        <source>New</source>
        <translation>Новые</translation>
    </message>
    <message>
        <source>Working</source>
        <translation>В работе</translation>
    </message>
    <message>
        <source>Short</source>
        <translation>Недостача</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Готовые</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Все</translation>
    </message>
    <message>
        <source>confirm stock</source>
        <translation>подтвердите наличие</translation>
    </message>
    <message>
        <source>new</source>
        <translation>новый</translation>
    </message>
    <message>
        <source>taken</source>
        <translation>взят</translation>
    </message>
    <message>
        <source>being picked</source>
        <translation>собирается</translation>
    </message>
    <message>
        <source>short</source>
        <translation>недостача</translation>
    </message>
    <message>
        <source>picked</source>
        <translation>собран</translation>
    </message>
    <message>
        <source>closed</source>
        <translation>закрыт</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>отменён</translation>
    </message>
    <message>
        <source>Not in its place</source>
        <translation>Нет на месте</translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation>Повреждён</translation>
    </message>
    <message>
        <source>Fewer than counted</source>
        <translation>Меньше, чем по учёту</translation>
    </message>
    <message>
        <source>Another article in the bin</source>
        <translation>В ячейке другой товар</translation>
    </message>
    <message>
        <source>Stock is here</source>
        <translation>Товар есть</translation>
    </message>
    <message>
        <source>Take</source>
        <translation>Взять</translation>
    </message>
    <message>
        <source>Start picking</source>
        <translation>Начать сборку</translation>
    </message>
    <message>
        <source>All picked</source>
        <translation>Собрано</translation>
    </message>
    <message>
        <source>Checked, close</source>
        <translation>Проверено, закрыть</translation>
    </message>
    <message>
        <source>Cancel the list</source>
        <translation>Отменить лист</translation>
    </message>
    <message>
        <source>Print</source>
        <translation>Печать</translation>
    </message>
    <message>
        <source>Pick list</source>
        <translation>Лист сборки</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Состояние</translation>
    </message>
    <message>
        <source>Order {number}</source>
        <translation>Заказ {number}</translation>
    </message>
    <message>
        <source>{n} pcs</source>
        <translation>{n} шт</translation>
    </message>
    <message>
        <source>by {time}</source>
        <translation>до {time}</translation>
    </message>
    <message>
        <source>Place {bin}</source>
        <translation>Ячейка {bin}</translation>
    </message>
    <message>
        <source>One less: {name}</source>
        <translation>Меньше на один: {name}</translation>
    </message>
    <message>
        <source>One more: {name}</source>
        <translation>Больше на один: {name}</translation>
    </message>
    <message>
        <source>All of it: {name}</source>
        <translation>Всё: {name}</translation>
    </message>
    <message>
        <source>Missing…</source>
        <translation>Нет…</translation>
    </message>
    <message>
        <source>Not in its place: {name}</source>
        <translation>Нет на месте: {name}</translation>
    </message>
    <message>
        <source>No reason</source>
        <translation>Без причины</translation>
    </message>
    <message>
        <source>{done} of {all} picked</source>
        <translation>собрано {done} из {all}</translation>
    </message>
    <message>
        <source>Choose a pick list on the left, or scan its code.</source>
        <translation>Выберите лист слева или отсканируйте его код.</translation>
    </message>
    <message>
        <source>How much is picked</source>
        <translation>Сколько собрано</translation>
    </message>
    <message>
        <source>{done} of {all} positions are ready</source>
        <translation>готово позиций: {done} из {all}</translation>
    </message>
    <message>
        <source>Pick lists</source>
        <translation>Листы сборки</translation>
    </message>
    <message>
        <source>Nothing to pick. New lists appear by themselves.</source>
        <translation>Собирать нечего. Новые листы появятся сами.</translation>
    </message>
    <message>
        <source>Number…</source>
        <translation>Номер…</translation>
    </message>
    <message>
        <source>Picking</source>
        <translation>Сборка</translation>
    </message>
</context>
<context>
    <name>Program</name>
    <message>
        <source>Kvit stays in the tray. A click on the icon shows what waits for you.</source>
        <translation>Kvit остаётся в трее. Щелчок по значку покажет, что ждёт вас.</translation>
    </message>
    <message>
        <source>The first table did not come in time.</source>
        <translation>Первая таблица не появилась вовремя.</translation>
    </message>
</context>
<context>
    <name>Purpose</name>
    <message>
        <source>Purpose: {text}</source>
        <translation>Назначение: {text}</translation>
    </message>
    <message>
        <source>Marked words: {words}</source>
        <translation>Отмечены слова: {words}</translation>
    </message>
</context>
<context>
    <name>Reasons</name>
    <message>
        <source>speaks for it</source>
        <translation>говорит за</translation>
    </message>
    <message>
        <source>speaks against it</source>
        <translation>говорит против</translation>
    </message>
    <message>
        <source>a fact</source>
        <translation>факт</translation>
    </message>
    <message>
        <source>In the purpose: «{words}»</source>
        <translation>В назначении: «{words}»</translation>
    </message>
</context>
<context>
    <name>Registries</name>
    <message>
        <source>All</source>
        <translation>Все</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Ждут</translation>
    </message>
    <message>
        <source>Do not add up</source>
        <translation>Не сходятся</translation>
    </message>
    <message>
        <source>Used</source>
        <translation>Разнесены</translation>
    </message>
    <message>
        <source>Withdrawn</source>
        <translation>Отозваны</translation>
    </message>
    <message>
        <source>Acquirer</source>
        <translation>Эквайринг</translation>
    </message>
    <message>
        <source>Post</source>
        <translation>Почта</translation>
    </message>
    <message>
        <source>Lender</source>
        <translation>Кредитор</translation>
    </message>
    <message>
        <source>Marketplace</source>
        <translation>Маркетплейс</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>Заказ</translation>
    </message>
    <message>
        <source>Loan</source>
        <translation>Заявка</translation>
    </message>
    <message>
        <source>Parcel</source>
        <translation>Отправление</translation>
    </message>
    <message>
        <source>does not add up</source>
        <translation>не сходится</translation>
    </message>
    <message>
        <source>number twice</source>
        <translation>двойной номер</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>ждёт выплаты</translation>
    </message>
    <message>
        <source>used</source>
        <translation>разнесён</translation>
    </message>
    <message>
        <source>withdrawn</source>
        <translation>отозван</translation>
    </message>
    <message>
        <source>The lines add up to {lines}, the total says {gross}: difference {difference}.</source>
        <translation>Строки дают {lines}, в итоге стоит {gross}: разница {difference}.</translation>
    </message>
    <message>
        <source>The total less the fee is {due}, to be paid out stands {net}: difference {difference}.</source>
        <translation>Итог без комиссии — {due}, а к перечислению стоит {net}: разница {difference}.</translation>
    </message>
    <message>
        <source>The fee is below zero: {fee}.</source>
        <translation>Комиссия меньше нуля: {fee}.</translation>
    </message>
    <message>
        <source>No link to the Kvit service.</source>
        <translation>Нет связи со службой Kvit.</translation>
    </message>
    <message>
        <source>Your role does not decide about payments.</source>
        <translation>Ваша роль не решает по платежам.</translation>
    </message>
    <message>
        <source>Choose a registry.</source>
        <translation>Выберите реестр.</translation>
    </message>
    <message>
        <source>A payment rests on it: take its allocation back first.</source>
        <translation>По нему разнесён платёж: сначала отмените разнесение.</translation>
    </message>
    <message>
        <source>It is withdrawn already.</source>
        <translation>Он уже отозван.</translation>
    </message>
    <message>
        <source>№</source>
        <translation>№</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>Дата</translation>
    </message>
    <message>
        <source>Partner</source>
        <translation>Партнёр</translation>
    </message>
    <message>
        <source>Sum, ₽</source>
        <translation>Сумма, ₽</translation>
    </message>
    <message>
        <source>Arrives, ₽</source>
        <translation>Придёт, ₽</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Состояние</translation>
    </message>
    <message>
        <source>Payment</source>
        <translation>Платёж</translation>
    </message>
    <message>
        <source>Enter goes to the payment</source>
        <translation>Enter — к платежу</translation>
    </message>
    <message>
        <source>INN</source>
        <translation>ИНН</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>Строк</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Файл</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>Получен</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>Строка</translation>
    </message>
    <message>
        <source>Whose</source>
        <translation>За что</translation>
    </message>
    <message>
        <source>What is wrong</source>
        <translation>Что не так</translation>
    </message>
    <message>
        <source>What stands there</source>
        <translation>Что там стоит</translation>
    </message>
    <message>
        <source>— not needed</source>
        <translation>— не нужен</translation>
    </message>
    <message>
        <source>Order number</source>
        <translation>Номер заказа</translation>
    </message>
    <message>
        <source>Loan number</source>
        <translation>Номер заявки</translation>
    </message>
    <message>
        <source>Parcel number</source>
        <translation>Номер отправления</translation>
    </message>
    <message>
        <source>Sum</source>
        <translation>Сумма</translation>
    </message>
    <message>
        <source>Fee</source>
        <translation>Комиссия</translation>
    </message>
    <message>
        <source>To be paid out</source>
        <translation>К перечислению</translation>
    </message>
    <message>
        <source>Registry number</source>
        <translation>Номер реестра</translation>
    </message>
    <message>
        <source>Registry date</source>
        <translation>Дата реестра</translation>
    </message>
    <message>
        <source>in a column of the table</source>
        <translation>в столбце таблицы</translation>
    </message>
    <message>
        <source>in the text above or below</source>
        <translation>в тексте над или под таблицей</translation>
    </message>
    <message>
        <source>in the name of the file</source>
        <translation>в имени файла</translation>
    </message>
    <message>
        <source>the column with the number of order, loan or parcel</source>
        <translation>столбец с номером заказа, заявки или отправления</translation>
    </message>
    <message>
        <source>the column with the sum</source>
        <translation>столбец с суммой</translation>
    </message>
    <message>
        <source>where the registry&apos;s number stands</source>
        <translation>где стоит номер реестра</translation>
    </message>
    <message>
        <source>where the registry&apos;s date stands</source>
        <translation>где стоит дата реестра</translation>
    </message>
    <message>
        <source>Registries</source>
        <translation>Реестры</translation>
    </message>
    <message>
        <source>No registry here. Drop a partner&apos;s file on this page.</source>
        <translation>Реестров здесь нет. Перетащите файл партнёра на эту страницу.</translation>
    </message>
    <message>
        <source>№, ИНН, sum, file…</source>
        <translation>№, ИНН, сумма, файл…</translation>
    </message>
    <message>
        <source>Bring in a file…</source>
        <translation>Загрузить файл…</translation>
    </message>
    <message>
        <source>№ {number}: withdrawn</source>
        <translation>№ {number}: отозван</translation>
    </message>
    <message>
        <source>A partner&apos;s file: CSV, Excel, DBF or XML (N)</source>
        <translation>Файл партнёра: CSV, Excel, DBF или XML (N)</translation>
    </message>
    <message>
        <source>Registry files</source>
        <translation>Файлы реестров</translation>
    </message>
    <message>
        <source>Registries (*.csv *.txt *.xlsx *.dbf *.xml);;All files (*)</source>
        <translation>Реестры (*.csv *.txt *.xlsx *.dbf *.xml);;Все файлы (*)</translation>
    </message>
    <message>
        <source>was here before</source>
        <translation>уже был загружен</translation>
    </message>
    <message>
        <source>taken in</source>
        <translation>загружен</translation>
    </message>
    <message>
        <source>{fact}: what it looks like</source>
        <translation>{fact}: как выглядит</translation>
    </message>
    <message>
        <source>A regular expression; what it finds in the first brackets counts.</source>
        <translation>Регулярное выражение; берётся то, что найдено в первых скобках.</translation>
    </message>
    <message>
        <source>First rows of the file, what each column means above</source>
        <translation>Первые строки файла, над ними — что значит каждый столбец</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>Номер</translation>
    </message>
    <message>
        <source>roubles</source>
        <translation>рублях</translation>
    </message>
    <message>
        <source>kopecks</source>
        <translation>копейках</translation>
    </message>
    <message>
        <source>Headings</source>
        <translation>Заголовки</translation>
    </message>
    <message>
        <source>Sums in</source>
        <translation>Суммы в</translation>
    </message>
    <message>
        <source>Fee, % of each sum</source>
        <translation>Комиссия, % от суммы</translation>
    </message>
    <message>
        <source>no row of headings</source>
        <translation>строки заголовков нет</translation>
    </message>
    <message>
        <source>row {n}</source>
        <translation>строка {n}</translation>
    </message>
    <message>
        <source>Meaning of column {n}</source>
        <translation>Что значит столбец {n}</translation>
    </message>
    <message>
        <source>as the file names them</source>
        <translation>как названы в файле</translation>
    </message>
    <message>
        <source>Registry file</source>
        <translation>Файл реестра</translation>
    </message>
    <message>
        <source>Rows that could not be read</source>
        <translation>Строки, которые не прочитаны</translation>
    </message>
    <message>
        <source>Read files of this partner so from now on</source>
        <translation>Так читать файлы этого партнёра и дальше</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Назад</translation>
    </message>
    <message>
        <source>Take in</source>
        <translation>Загрузить</translation>
    </message>
    <message>
        <source>The file is larger than {size} MB.</source>
        <translation>Файл больше {size} МБ.</translation>
    </message>
    <message>
        <source>The file cannot be read: {why}</source>
        <translation>Файл не читается: {why}</translation>
    </message>
    <message>
        <source>— whose file is it?</source>
        <translation>— чей это файл?</translation>
    </message>
    <message>
        <source>No payout partner is set up: IT names them in kvit.toml, [matching] payout_partners.</source>
        <translation>Партнёры по выплатам не заданы: их записывает ИТ в kvit.toml, [matching] payout_partners.</translation>
    </message>
    <message>
        <source>Choose the partner the file comes from.</source>
        <translation>Выберите партнёра, от которого файл.</translation>
    </message>
    <message>
        <source>Read as you say. Check the sums below.</source>
        <translation>Прочитано, как вы указали. Проверьте суммы внизу.</translation>
    </message>
    <message>
        <source>Proposed by the words of the headings: check what each column means.</source>
        <translation>Предложено по заголовкам: проверьте, что значит каждый столбец.</translation>
    </message>
    <message>
        <source>Read as it is saved for this partner.</source>
        <translation>Прочитано, как сохранено для этого партнёра.</translation>
    </message>
    <message>
        <source>Read as {name} saved it for this partner on {date}.</source>
        <translation>Прочитано, как для этого партнёра сохранено {date} ({name}).</translation>
    </message>
    <message>
        <source>Still to be named: {parts}.</source>
        <translation>Осталось указать: {parts}.</translation>
    </message>
    <message>
        <source>Taken in like this, it explains no payment.</source>
        <translation>Если загрузить так, деньги по нему не разнесутся.</translation>
    </message>
    <message>
        <source>№ {number} of {date}: {lines}, {gross} less the fee {fee}, to arrive {net}</source>
        <translation>№ {number} от {date}: {lines}, {gross} минус комиссия {fee}, к поступлению {net}</translation>
    </message>
    <message>
        <source>Show more lines</source>
        <translation>Показать ещё строки</translation>
    </message>
    <message>
        <source>Lines of the registry</source>
        <translation>Строки реестра</translation>
    </message>
    <message>
        <source>No lines.</source>
        <translation>Строк нет.</translation>
    </message>
    <message>
        <source>Withdraw…</source>
        <translation>Отозвать…</translation>
    </message>
    <message>
        <source>To the payment</source>
        <translation>К платежу</translation>
    </message>
    <message>
        <source>Choose a registry on the left.</source>
        <translation>Выберите реестр слева.</translation>
    </message>
    <message>
        <source>Registry № {number}</source>
        <translation>Реестр № {number}</translation>
    </message>
    <message>
        <source>of {date} · {partner} · INN {inn}</source>
        <translation>от {date} · {partner} · ИНН {inn}</translation>
    </message>
    <message>
        <source>Reason: {text}</source>
        <translation>Причина: {text}</translation>
    </message>
    <message>
        <source>No money is allocated by it. Ask the partner for another.</source>
        <translation>Деньги по нему не разносятся. Попросите у партнёра другой.</translation>
    </message>
    <message>
        <source>Another waiting registry of this partner has the same number.</source>
        <translation>Ещё один ожидающий реестр этого партнёра с тем же номером.</translation>
    </message>
    <message>
        <source>Withdraw the one that does not hold.</source>
        <translation>Отзовите тот, который неверен.</translation>
    </message>
    <message>
        <source>… and {n} more, marked below</source>
        <translation>… и ещё {n}, отмечены ниже</translation>
    </message>
    <message>
        <source>Row {n}: {text}</source>
        <translation>Строка {n}: {text}</translation>
    </message>
    <message>
        <source>Paid by the buyers</source>
        <translation>Оплатили покупатели</translation>
    </message>
    <message>
        <source>Kept by the partner</source>
        <translation>Удержал партнёр</translation>
    </message>
    <message>
        <source>To arrive</source>
        <translation>К поступлению</translation>
    </message>
    <message>
        <source>… and {n} more</source>
        <translation>… и ещё {n}</translation>
    </message>
    <message>
        <source>{shown} of {lines}</source>
        <translation>{shown} из {lines}</translation>
    </message>
    <message>
        <source>Take it out: it explains no payment any more (W)</source>
        <translation>Отозвать: платежи по нему больше не разносятся (W)</translation>
    </message>
    <message>
        <source>Withdraw the registry</source>
        <translation>Отозвать реестр</translation>
    </message>
    <message>
        <source>Withdraw</source>
        <translation>Отозвать</translation>
    </message>
    <message>
        <source>It explains no payment any more. The file and its lines stay on record.</source>
        <translation>Платежи по нему больше не разносятся. Файл и строки остаются в истории.</translation>
    </message>
    <message>
        <source>Why? The reason stays with the registry.</source>
        <translation>Почему? Причина останется при реестре.</translation>
    </message>
</context>
<context>
    <name>Release</name>
    <message>
        <source>Switch automatic release on</source>
        <translation>Включить автоматический отпуск</translation>
    </message>
    <message>
        <source>From then on an order goes to the warehouse by itself once its payment is proved by the bank, identified and covers it in full. Everything else still waits for a person.</source>
        <translation>После этого заказ сам уходит на склад, когда платёж подтверждён банком, плательщик опознан и заказ оплачен полностью. Остальное по-прежнему ждёт человека.</translation>
    </message>
    <message>
        <source>I switch it on without a back-test</source>
        <translation>Включаю без проверки на прошлых платежах</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Назад</translation>
    </message>
    <message>
        <source>Switch on</source>
        <translation>Включить</translation>
    </message>
    <message>
        <source>Tick the line above first.</source>
        <translation>Сначала отметьте строку выше.</translation>
    </message>
    <message>
        <source>Back-test</source>
        <translation>Проверка на прошлых платежах</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Закрыть</translation>
    </message>
    <message>
        <source>Release of goods</source>
        <translation>Отпуск товара</translation>
    </message>
    <message>
        <source>Back-test…</source>
        <translation>Проверка…</translation>
    </message>
    <message>
        <source>Whether orders with a payment beyond doubt go to the warehouse by themselves.</source>
        <translation>Уходят ли на склад сами заказы, оплата которых не вызывает сомнений.</translation>
    </message>
    <message>
        <source>No back-test was ever made: nobody knows how much would go by itself.</source>
        <translation>Проверки на прошлых платежах не было: никто не знает, сколько пройдёт само.</translation>
    </message>
    <message>
        <source>Your role sees no payments.</source>
        <translation>Ваша роль не видит платежей.</translation>
    </message>
    <message>
        <source>Switch automatic release off</source>
        <translation>Выключить автоматический отпуск</translation>
    </message>
    <message>
        <source>Switch off</source>
        <translation>Выключить</translation>
    </message>
    <message>
        <source>From now on every order waits for a person before it goes to the warehouse. What is there already stays there.</source>
        <translation>Теперь каждый заказ ждёт человека, прежде чем уйти на склад. Что уже там, остаётся там.</translation>
    </message>
    <message>
        <source>Why? The reason stays in the journal.</source>
        <translation>Почему? Причина останется в журнале.</translation>
    </message>
</context>
<context>
    <name>Roles</name>
    <message>
        <source>accountant</source>
        <translation>бухгалтер</translation>
    </message>
    <message>
        <source>warehouse</source>
        <translation>склад</translation>
    </message>
    <message>
        <source>manager</source>
        <translation>менеджер</translation>
    </message>
    <message>
        <source>IT</source>
        <translation>ИТ</translation>
    </message>
    <message>
        <source>director</source>
        <translation>директор</translation>
    </message>
    <message>
        <source>owner</source>
        <translation>владелец</translation>
    </message>
    <message>
        <source>call centre</source>
        <translation>колл-центр</translation>
    </message>
</context>
<context>
    <name>Rules</name>
    <message>
        <source>In force</source>
        <translation>Действуют</translation>
    </message>
    <message>
        <source>Revoked</source>
        <translation>Отозваны</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Все</translation>
    </message>
    <message>
        <source>in force</source>
        <translation>действует</translation>
    </message>
    <message>
        <source>revoked</source>
        <translation>отозвано</translation>
    </message>
    <message>
        <source>account {account}</source>
        <translation>счёт {account}</translation>
    </message>
    <message>
        <source>From {date} on, money from {payer} ({key}) is credited to invoices of {buyer} by itself where the invoice number and the sum agree. What already waits is looked at again. Goods are never released by a rule: that still waits for a person. The rule can be revoked at any time.</source>
        <translation>С {date} деньги от {payer} ({key}) сами зачисляются на счета покупателя {buyer}, если номер счёта и сумма сходятся. То, что уже ждёт, будет проверено заново. Товар по правилу не отпускается: отпуск подтверждает человек. Правило можно отозвать в любой момент.</translation>
    </message>
    <message>
        <source>It is over: {payer} ({key}) paid for {buyer} from {date} on. What was credited by it stays; new money waits for a person.</source>
        <translation>Правило отозвано: {payer} ({key}) платил за {buyer} с {date}. Зачисленное по нему остаётся, новые деньги ждут человека.</translation>
    </message>
    <message>
        <source>made by {who}, {when}</source>
        <translation>завёл {who}, {when}</translation>
    </message>
    <message>
        <source>revoked by {who}, {when}</source>
        <translation>отозвал {who}, {when}</translation>
    </message>
    <message>
        <source>Payer</source>
        <translation>Плательщик</translation>
    </message>
    <message>
        <source>Pays for</source>
        <translation>За кого платит</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>С какого дня</translation>
    </message>
    <message>
        <source>Made by</source>
        <translation>Кто завёл</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Состояние</translation>
    </message>
    <message>
        <source>Rules of payers</source>
        <translation>Правила плательщиков</translation>
    </message>
    <message>
        <source>Who pays for whom</source>
        <translation>Кто за кого платит</translation>
    </message>
    <message>
        <source>A rule credits what agrees in number and sum; goods wait for a person all the same.</source>
        <translation>По правилу зачисляется то, что сходится по номеру и сумме; отпуск товара всё равно подтверждает человек.</translation>
    </message>
    <message>
        <source>Payer, ИНН, buyer…</source>
        <translation>Плательщик, ИНН, покупатель…</translation>
    </message>
    <message>
        <source>No rules. Tick “Remember” when you allocate money somebody pays for another buyer.</source>
        <translation>Правил нет. Отметьте «Запомнить», когда разносите платёж одного лица за другое.</translation>
    </message>
    <message>
        <source>New rule…</source>
        <translation>Новое правило…</translation>
    </message>
    <message>
        <source>Revoke…</source>
        <translation>Отозвать…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Закрыть</translation>
    </message>
    <message>
        <source>Revoke the rule?</source>
        <translation>Отозвать правило?</translation>
    </message>
    <message>
        <source>{payer} pays for {buyer}</source>
        <translation>{payer} платит за {buyer}</translation>
    </message>
    <message>
        <source>Revoke</source>
        <translation>Отозвать</translation>
    </message>
    <message>
        <source>What was credited by it stays. The payer&apos;s next money waits for a person.</source>
        <translation>Уже зачисленное остаётся. Следующие платежи этого плательщика будут ждать человека.</translation>
    </message>
    <message>
        <source>Why? The note stays in the journal.</source>
        <translation>Почему? Запись останется в журнале.</translation>
    </message>
    <message>
        <source>Revoked: {payer} no longer pays for {buyer}.</source>
        <translation>Отозвано: {payer} больше не платит за {buyer}.</translation>
    </message>
    <message>
        <source>New rule</source>
        <translation>Новое правило</translation>
    </message>
    <message>
        <source>This payer pays for that buyer</source>
        <translation>Этот плательщик платит за того покупателя</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Отмена</translation>
    </message>
    <message>
        <source>Make the rule</source>
        <translation>Завести правило</translation>
    </message>
    <message>
        <source>Buyer</source>
        <translation>Покупатель</translation>
    </message>
    <message>
        <source>Payer&apos;s ИНН</source>
        <translation>ИНН плательщика</translation>
    </message>
    <message>
        <source>or the payer&apos;s account</source>
        <translation>или счёт плательщика</translation>
    </message>
    <message>
        <source>Buyer&apos;s ИНН</source>
        <translation>ИНН покупателя</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Основание</translation>
    </message>
    <message>
        <source>The ИНН is enough; the account is for a payer the bank gives no ИНН of.</source>
        <translation>Достаточно ИНН; счёт нужен, если банк не передаёт ИНН плательщика.</translation>
    </message>
</context>
<context>
    <name>Saving</name>
    <message>
        <source>not saved: {why}</source>
        <translation>не сохранено: {why}</translation>
    </message>
    <message>
        <source>saved as {file}</source>
        <translation>сохранено: {file}</translation>
    </message>
</context>
<context>
    <name>Settlement</name>
    <message>
        <source>All</source>
        <translation>Все</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>Составлены</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>Отправлены</translation>
    </message>
    <message>
        <source>Disputed</source>
        <translation>Спорные</translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation>Приняты</translation>
    </message>
    <message>
        <source>To pay</source>
        <translation>К выплате</translation>
    </message>
    <message>
        <source>Being paid</source>
        <translation>Выплачиваются</translation>
    </message>
    <message>
        <source>Paid</source>
        <translation>Выплачены</translation>
    </message>
    <message>
        <source>Carried over</source>
        <translation>Перенесены</translation>
    </message>
    <message>
        <source>Claimed</source>
        <translation>Требования</translation>
    </message>
    <message>
        <source>shop</source>
        <translation>магазин</translation>
    </message>
    <message>
        <source>point</source>
        <translation>пункт</translation>
    </message>
    <message>
        <source>agent</source>
        <translation>агент</translation>
    </message>
    <message>
        <source>lender</source>
        <translation>банк</translation>
    </message>
    <message>
        <source>Send to the party</source>
        <translation>Отправить стороне</translation>
    </message>
    <message>
        <source>The party accepts</source>
        <translation>Сторона согласна</translation>
    </message>
    <message>
        <source>The party disputes…</source>
        <translation>Сторона возражает…</translation>
    </message>
    <message>
        <source>The sum is final: to be paid</source>
        <translation>Сумма окончательная: к выплате</translation>
    </message>
    <message>
        <source>Carry over</source>
        <translation>Перенести</translation>
    </message>
    <message>
        <source>Claim the sum from the party</source>
        <translation>Выставить требование</translation>
    </message>
    <message>
        <source>Prepare the payout…</source>
        <translation>Подготовить выплату…</translation>
    </message>
    <message>
        <source>The party sees it; silence of five working days counts as consent.</source>
        <translation>Сторона её увидит; молчание пять рабочих дней — согласие.</translation>
    </message>
    <message>
        <source>The sums are agreed; it may be paid.</source>
        <translation>Суммы согласованы, можно выплачивать.</translation>
    </message>
    <message>
        <source>The sum may be paid out now; what changes later goes into the next statement.</source>
        <translation>Сумму можно выплатить; что изменится позже, войдёт в следующую ведомость.</translation>
    </message>
    <message>
        <source>Nothing is paid now: the sum goes into the next statement.</source>
        <translation>Сейчас ничего не выплачивается: сумма войдёт в следующую ведомость.</translation>
    </message>
    <message>
        <source>The party pays us by the number of the claim; its money closes the statement.</source>
        <translation>Сторона платит нам по номеру требования; её деньги закрывают ведомость.</translation>
    </message>
    <message>
        <source>A payment order is made. It leaves only after two people have signed it on the bank page.</source>
        <translation>Составится платёжное поручение. Оно уйдёт только после двух подписей на странице «Банк».</translation>
    </message>
    <message>
        <source>Closing until {day}: {done} of {all} parties</source>
        <translation>Закрываем до {day}: {done} из {all} сторон</translation>
    </message>
    <message>
        <source>Sending statements: {n} of {all}</source>
        <translation>Отправляем ведомости: {n} из {all}</translation>
    </message>
    <message>
        <source>Closed until {day}: statements {n}, lines {lines}, sent {sent}</source>
        <translation>Закрыто до {day}: ведомостей {n}, строк {lines}, отправлено {sent}</translation>
    </message>
    <message>
        <source>Stopped; until {day} made: statements {n}, lines {lines}, sent {sent}</source>
        <translation>Остановлено; до {day} сделано: ведомостей {n}, строк {lines}, отправлено {sent}</translation>
    </message>
    <message>
        <source>The closing broke off: {why}</source>
        <translation>Закрытие прервалось: {why}</translation>
    </message>
    <message>
        <source>№</source>
        <translation>№</translation>
    </message>
    <message>
        <source>Period</source>
        <translation>Период</translation>
    </message>
    <message>
        <source>Party</source>
        <translation>Сторона</translation>
    </message>
    <message>
        <source>Turnover, ₽</source>
        <translation>Оборот, ₽</translation>
    </message>
    <message>
        <source>Our fee</source>
        <translation>Комиссия</translation>
    </message>
    <message>
        <source>To pay, ₽</source>
        <translation>К выплате, ₽</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Состояние</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>Строк</translation>
    </message>
    <message>
        <source>Sent on</source>
        <translation>Отправлена</translation>
    </message>
    <message>
        <source>Paid on</source>
        <translation>Выплачена</translation>
    </message>
    <message>
        <source>Day</source>
        <translation>День</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Что</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>Документ</translation>
    </message>
    <message>
        <source>Fee</source>
        <translation>Комиссия</translation>
    </message>
    <message>
        <source>Net, ₽</source>
        <translation>К выплате, ₽</translation>
    </message>
    <message>
        <source>Owed, ₽</source>
        <translation>Должны, ₽</translation>
    </message>
    <message>
        <source>Not in a statement, ₽</source>
        <translation>Не в ведомостях, ₽</translation>
    </message>
    <message>
        <source>In statements, ₽</source>
        <translation>В ведомостях, ₽</translation>
    </message>
    <message>
        <source>Paid so far, ₽</source>
        <translation>Выплачено, ₽</translation>
    </message>
    <message>
        <source>Balances</source>
        <translation>Остатки</translation>
    </message>
    <message>
        <source>Balances by party</source>
        <translation>Остатки по сторонам</translation>
    </message>
    <message>
        <source>Nobody has anything coming.</source>
        <translation>Никому ничего не причитается.</translation>
    </message>
    <message>
        <source>In no statement yet</source>
        <translation>Ещё ни в одной ведомости</translation>
    </message>
    <message>
        <source>Lines in no statement yet</source>
        <translation>Строки, которых ещё нет ни в одной ведомости</translation>
    </message>
    <message>
        <source>Every line of the party is in a statement.</source>
        <translation>Все строки контрагента уже в ведомостях.</translation>
    </message>
    <message>
        <source>Enter shows the statements of the party.</source>
        <translation>Enter покажет ведомости стороны.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Закрыть</translation>
    </message>
    <message>
        <source>Statements of account</source>
        <translation>Ведомости</translation>
    </message>
    <message>
        <source>No statement here. Close a period to make them.</source>
        <translation>Ведомостей нет. Их создаёт закрытие периода.</translation>
    </message>
    <message>
        <source>№, party…</source>
        <translation>№, сторона…</translation>
    </message>
    <message>
        <source>Close a period…</source>
        <translation>Закрыть период…</translation>
    </message>
    <message>
        <source>Balances…</source>
        <translation>Остатки…</translation>
    </message>
    <message>
        <source>What each party has coming</source>
        <translation>Сколько кому причитается</translation>
    </message>
    <message>
        <source>Settlements</source>
        <translation>Расчёты</translation>
    </message>
    <message>
        <source>No link to the Kvit service.</source>
        <translation>Нет связи со службой Kvit.</translation>
    </message>
    <message>
        <source>Your role does not settle.</source>
        <translation>Ваша роль не ведёт расчёты.</translation>
    </message>
    <message>
        <source>Statements of what is not in one yet (P)</source>
        <translation>Ведомости из того, что ещё ни в одну не вошло (P)</translation>
    </message>
    <message>
        <source>Only {party}: show all</source>
        <translation>Только {party}: показать все</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Назад</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Почему</translation>
    </message>
    <message>
        <source>the party reads it</source>
        <translation>это прочтёт сторона</translation>
    </message>
    <message>
        <source>Take the line back</source>
        <translation>Сторнировать строку</translation>
    </message>
    <message>
        <source>Another line takes it back; it stands in the party&apos;s next statement.</source>
        <translation>Её отменит другая строка; она войдёт в следующую ведомость стороны.</translation>
    </message>
    <message>
        <source>nothing for the whole line</source>
        <translation>пусто — вся строка</translation>
    </message>
    <message>
        <source>Of the turnover, ₽</source>
        <translation>Из оборота, ₽</translation>
    </message>
    <message>
        <source>written for the next statement</source>
        <translation>записано в следующую ведомость</translation>
    </message>
    <message>
        <source>number and date of the act or the letter</source>
        <translation>номер и дата акта или письма</translation>
    </message>
    <message>
        <source>The sum is kept from what the party has coming, in its next statement.</source>
        <translation>Сумма удержится из причитающегося стороне в её следующей ведомости.</translation>
    </message>
    <message>
        <source>Fee, ₽</source>
        <translation>Сумма, ₽</translation>
    </message>
    <message>
        <source>Of it VAT, ₽</source>
        <translation>В том числе НДС, ₽</translation>
    </message>
    <message>
        <source>nothing without VAT</source>
        <translation>пусто — без НДС</translation>
    </message>
    <message>
        <source>Charge the party…</source>
        <translation>Начислить стороне…</translation>
    </message>
    <message>
        <source>A sum above zero is the party&apos;s, with a minus it is ours; it stands in its next statement.</source>
        <translation>Сумма больше нуля — в пользу стороны, с минусом — в нашу; войдёт в её следующую ведомость.</translation>
    </message>
    <message>
        <source>Sum, ₽</source>
        <translation>Сумма, ₽</translation>
    </message>
    <message>
        <source>Correct the party&apos;s account…</source>
        <translation>Исправить расчёт стороны…</translation>
    </message>
    <message>
        <source>Lines of the statement</source>
        <translation>Строки ведомости</translation>
    </message>
    <message>
        <source>No lines.</source>
        <translation>Строк нет.</translation>
    </message>
    <message>
        <source>Take the line back…</source>
        <translation>Сторнировать строку…</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Ещё</translation>
    </message>
    <message>
        <source>More actions</source>
        <translation>Другие действия</translation>
    </message>
    <message>
        <source>Choose a statement on the left.</source>
        <translation>Выберите ведомость слева.</translation>
    </message>
    <message>
        <source>Lines: {n} · Enter goes to the loan or the payment</source>
        <translation>Строк: {n} · Enter откроет заявку или поступление</translation>
    </message>
    <message>
        <source>Statement № {number}</source>
        <translation>Ведомость № {number}</translation>
    </message>
    <message>
        <source>The party says: {text}</source>
        <translation>Сторона возражает: {text}</translation>
    </message>
    <message>
        <source>{fee}, of it VAT {vat}</source>
        <translation>{fee}, в том числе НДС {vat}</translation>
    </message>
    <message>
        <source>Turnover</source>
        <translation>Оборот</translation>
    </message>
    <message>
        <source>Claim</source>
        <translation>Требование</translation>
    </message>
    <message>
        <source>Silence is consent on</source>
        <translation>Молчание — согласие с</translation>
    </message>
    <message>
        <source>Answered</source>
        <translation>Ответ</translation>
    </message>
    <message>
        <source>Payment order № {number}</source>
        <translation>Поручение № {number}</translation>
    </message>
    <message>
        <source>attempt {n}: the one before did not go</source>
        <translation>попытка {n}: прошлая не прошла</translation>
    </message>
    <message>
        <source>Evidence: the money came back</source>
        <translation>Доказательство: деньги вернулись</translation>
    </message>
    <message>
        <source>Evidence: the money left</source>
        <translation>Доказательство: деньги ушли</translation>
    </message>
    <message>
        <source>Statement line of the bank</source>
        <translation>Строка выписки</translation>
    </message>
    <message>
        <source>Bank&apos;s reference</source>
        <translation>Номер в банке</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Сообщение</translation>
    </message>
    <message>
        <source>History</source>
        <translation>История</translation>
    </message>
    <message>
        <source>Nothing to do</source>
        <translation>Делать нечего</translation>
    </message>
    <message>
        <source>Save as XLSX…</source>
        <translation>Сохранить в XLSX…</translation>
    </message>
    <message>
        <source>What does the party object to?</source>
        <translation>С чем не согласна сторона?</translation>
    </message>
    <message>
        <source>the line is taken back</source>
        <translation>строка сторнирована</translation>
    </message>
    <message>
        <source>Save the statement</source>
        <translation>Сохранить ведомость</translation>
    </message>
    <message>
        <source>Close a period</source>
        <translation>Закрыть период</translation>
    </message>
    <message>
        <source>Every party gets a statement of the lines up to this day. What was put into a statement before stays there.</source>
        <translation>Каждая сторона получит ведомость из строк по этот день. Что уже вошло в ведомость, там и останется.</translation>
    </message>
    <message>
        <source>Up to and including</source>
        <translation>По день включительно</translation>
    </message>
    <message>
        <source>Last day of the period</source>
        <translation>Последний день периода</translation>
    </message>
    <message>
        <source>Send the statements to the parties at once</source>
        <translation>Сразу отправить ведомости сторонам</translation>
    </message>
    <message>
        <source>Close it</source>
        <translation>Закрыть</translation>
    </message>
    <message>
        <source>How far the closing is</source>
        <translation>Ход закрытия</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Остановить</translation>
    </message>
    <message>
        <source>Put it away</source>
        <translation>Убрать</translation>
    </message>
</context>
<context>
    <name>Shell</name>
    <message>
        <source>Menu</source>
        <translation>Меню</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Оформление</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Как в системе</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Светлое</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Тёмное</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Язык</translation>
    </message>
    <message>
        <source>Your role opens no page of this program.</source>
        <translation>Вашей роли не доступна ни одна страница.</translation>
    </message>
    <message>
        <source>Ask IT which role your token should have.</source>
        <translation>Спросите у ИТ, какая роль должна быть у вашего ключа.</translation>
    </message>
    <message>
        <source>Try now</source>
        <translation>Попробовать сейчас</translation>
    </message>
    <message>
        <source>Nothing to undo in this sitting.</source>
        <translation>Отменять нечего: в этом сеансе решений не было.</translation>
    </message>
    <message>
        <source>Taken back: {what}</source>
        <translation>Отменено: {what}</translation>
    </message>
</context>
<context>
    <name>ShopForm</name>
    <message>
        <source>This is less than the least fee.</source>
        <translation>Это меньше наименьшей комиссии.</translation>
    </message>
    <message>
        <source>Two digits of the region, or nothing for every one.</source>
        <translation>Две цифры региона или пусто — для всех.</translation>
    </message>
    <message>
        <source>Whole numbers, for example: 6, 12, 24</source>
        <translation>Целые числа, например: 6, 12, 24</translation>
    </message>
    <message>
        <source>The largest loan is above zero and not less than the smallest.</source>
        <translation>Наибольший кредит больше нуля и не меньше наименьшего.</translation>
    </message>
    <message>
        <source>This is wanted.</source>
        <translation>Это нужно заполнить.</translation>
    </message>
    <message>
        <source>This is no sum. For example: 12 500,00</source>
        <translation>Это не сумма. Например: 12 500,00</translation>
    </message>
    <message>
        <source>This is no percent. For example: 2,5</source>
        <translation>Это не процент. Например: 2,5</translation>
    </message>
</context>
<context>
    <name>ShopTerms</name>
    <message>
        <source>of the loan</source>
        <translation>от кредита</translation>
    </message>
    <message>
        <source>of the lender&apos;s transfer</source>
        <translation>от перевода банка</translation>
    </message>
    <message>
        <source>of the goods</source>
        <translation>от цены товара</translation>
    </message>
    <message>
        <source>The shop: kept from the transfer</source>
        <translation>Магазин: удерживаем из перевода</translation>
    </message>
    <message>
        <source>The lender: paid apart</source>
        <translation>Банк: платит отдельно</translation>
    </message>
    <message>
        <source>At the shop, by its clerk</source>
        <translation>В магазине, у продавца</translation>
    </message>
    <message>
        <source>At the lender&apos;s branch</source>
        <translation>В отделении банка</translation>
    </message>
    <message>
        <source>By courier</source>
        <translation>С курьером</translation>
    </message>
    <message>
        <source>Furniture</source>
        <translation>Мебель</translation>
    </message>
    <message>
        <source>Home appliances</source>
        <translation>Бытовая техника</translation>
    </message>
    <message>
        <source>Electronics</source>
        <translation>Электроника</translation>
    </message>
    <message>
        <source>Other goods</source>
        <translation>Другое</translation>
    </message>
    <message>
        <source>by months, 1/12 of a year</source>
        <translation>по месяцам, 1/12 года</translation>
    </message>
    <message>
        <source>by days of the calendar</source>
        <translation>по дням календаря</translation>
    </message>
    <message>
        <source>Every lender</source>
        <translation>Все банки</translation>
    </message>
    <message>
        <source>free</source>
        <translation>бесплатно</translation>
    </message>
    <message>
        <source>at least {sum}</source>
        <translation>не меньше {sum}</translation>
    </message>
    <message>
        <source>at most {sum}</source>
        <translation>не больше {sum}</translation>
    </message>
    <message>
        <source>courier visits are the shop&apos;s</source>
        <translation>выезды курьера оплачивает магазин</translation>
    </message>
    <message>
        <source>courier visits are ours</source>
        <translation>выезды курьера оплачиваем мы</translation>
    </message>
    <message>
        <source>every lender</source>
        <translation>все банки</translation>
    </message>
    <message>
        <source>down payment at least {percent}</source>
        <translation>первый взнос не меньше {percent}</translation>
    </message>
    <message>
        <source>interest {how}</source>
        <translation>проценты {how}</translation>
    </message>
    <message>
        <source>interest-free for the buyer</source>
        <translation>рассрочка для покупателя</translation>
    </message>
    <message>
        <source>goods: {goods}</source>
        <translation>товары: {goods}</translation>
    </message>
    <message>
        <source>written by {who}, {when}</source>
        <translation>записано: {who}, {when}</translation>
    </message>
    <message>
        <source>not to be had</source>
        <translation>недоступен</translation>
    </message>
    <message>
        <source>any goods</source>
        <translation>любые товары</translation>
    </message>
    <message>
        <source>in force</source>
        <translation>действует</translation>
    </message>
    <message>
        <source>to come</source>
        <translation>будет</translation>
    </message>
    <message>
        <source>former</source>
        <translation>прежний</translation>
    </message>
    <message>
        <source>Whose</source>
        <translation>Чей</translation>
    </message>
    <message>
        <source>its own</source>
        <translation>свой</translation>
    </message>
    <message>
        <source>general</source>
        <translation>общий</translation>
    </message>
    <message>
        <source>Fee</source>
        <translation>Комиссия</translation>
    </message>
    <message>
        <source>Way</source>
        <translation>Способ</translation>
    </message>
    <message>
        <source>Region</source>
        <translation>Регион</translation>
    </message>
    <message>
        <source>every</source>
        <translation>все</translation>
    </message>
    <message>
        <source>Costs us</source>
        <translation>Стоит нам</translation>
    </message>
    <message>
        <source>Partner, place</source>
        <translation>Партнёр, место</translation>
    </message>
    <message>
        <source>Lender</source>
        <translation>Банк</translation>
    </message>
    <message>
        <source>Loan</source>
        <translation>Кредит</translation>
    </message>
    <message>
        <source>Months</source>
        <translation>Месяцев</translation>
    </message>
    <message>
        <source>A year</source>
        <translation>В год</translation>
    </message>
    <message>
        <source>Goods</source>
        <translation>Товары</translation>
    </message>
    <message>
        <source>From</source>
        <translation>С даты</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Состояние</translation>
    </message>
    <message>
        <source>Terms of lenders and of signing</source>
        <translation>Условия банков и подписания</translation>
    </message>
    <message>
        <source>Lenders</source>
        <translation>Банки</translation>
    </message>
    <message>
        <source>Ways of signing</source>
        <translation>Способы подписания</translation>
    </message>
    <message>
        <source>General tariff</source>
        <translation>Общий тариф</translation>
    </message>
    <message>
        <source>Lenders&apos; terms</source>
        <translation>Условия банков</translation>
    </message>
    <message>
        <source>No lender has terms yet. Without them no shop can work.</source>
        <translation>Условий банков ещё нет. Без них ни один магазин не может работать.</translation>
    </message>
    <message>
        <source>Nothing is known of ways of signing yet.</source>
        <translation>О способах подписания пока ничего не записано.</translation>
    </message>
    <message>
        <source>No general tariff: a shop without its own cannot work.</source>
        <translation>Общего тарифа нет: магазин без своего не может работать.</translation>
    </message>
    <message>
        <source>New terms from a day on…</source>
        <translation>Новые условия с даты…</translation>
    </message>
    <message>
        <source>A new row begins with the chosen one.</source>
        <translation>Новая строка начинается с выбранной.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Закрыть</translation>
    </message>
    <message>
        <source>Set. Former rows stay as they were.</source>
        <translation>Записано. Прежние строки остались как были.</translation>
    </message>
    <message>
        <source>Former rows stay as they are: what was agreed on an earlier day is found by that day.</source>
        <translation>Прежние строки не меняются: сделка считается по условиям своего дня.</translation>
    </message>
    <message>
        <source>A tariff from a day on</source>
        <translation>Тариф с даты</translation>
    </message>
    <message>
        <source>Set it</source>
        <translation>Записать</translation>
    </message>
    <message>
        <source>For every shop without its own</source>
        <translation>Для всех магазинов без своего тарифа</translation>
    </message>
    <message>
        <source>Percent</source>
        <translation>Процент</translation>
    </message>
    <message>
        <source>Of what</source>
        <translation>От чего</translation>
    </message>
    <message>
        <source>And, ₽</source>
        <translation>Плюс, ₽</translation>
    </message>
    <message>
        <source>At least, ₽</source>
        <translation>Не меньше, ₽</translation>
    </message>
    <message>
        <source>At most, ₽</source>
        <translation>Не больше, ₽</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>без предела</translation>
    </message>
    <message>
        <source>Who pays</source>
        <translation>Кто платит</translation>
    </message>
    <message>
        <source>The shop bears courier visits: each is charged to it</source>
        <translation>Выезды курьера оплачивает магазин: каждый удерживается с него</translation>
    </message>
    <message>
        <source>A way of signing from a day on</source>
        <translation>Способ подписания с даты</translation>
    </message>
    <message>
        <source>The narrower row wins: lender and region, lender, region, everybody.</source>
        <translation>Действует более узкая строка: банк и регион, банк, регион, все.</translation>
    </message>
    <message>
        <source>Costs us, ₽</source>
        <translation>Стоит нам, ₽</translation>
    </message>
    <message>
        <source>It is to be had there</source>
        <translation>Там этот способ доступен</translation>
    </message>
    <message>
        <source>A lender&apos;s terms from a day on</source>
        <translation>Условия банка с даты</translation>
    </message>
    <message>
        <source>Set them</source>
        <translation>Записать</translation>
    </message>
    <message>
        <source>Smallest loan, ₽</source>
        <translation>Наименьший кредит, ₽</translation>
    </message>
    <message>
        <source>Largest loan, ₽</source>
        <translation>Наибольший кредит, ₽</translation>
    </message>
    <message>
        <source>Months to choose from</source>
        <translation>Сроки, месяцев</translation>
    </message>
    <message>
        <source>Rate, % a year</source>
        <translation>Ставка, % годовых</translation>
    </message>
    <message>
        <source>Least down payment, %</source>
        <translation>Первый взнос не меньше, %</translation>
    </message>
    <message>
        <source>Interest is counted</source>
        <translation>Проценты считаются</translation>
    </message>
    <message>
        <source>Other segments, as shops name them</source>
        <translation>Другие категории, как их называют магазины</translation>
    </message>
    <message>
        <source>Interest-free for the buyer: the shop pays by a discount</source>
        <translation>Рассрочка: проценты платит магазин скидкой</translation>
    </message>
    <message>
        <source>Goods he lends for; nothing chosen means any</source>
        <translation>На какие товары даёт; ничего не отмечено — на любые</translation>
    </message>
</context>
<context>
    <name>Shops</name>
    <message>
        <source>All</source>
        <translation>Все</translation>
    </message>
    <message>
        <source>Being set up</source>
        <translation>Оформляются</translation>
    </message>
    <message>
        <source>Working</source>
        <translation>Работают</translation>
    </message>
    <message>
        <source>Suspended</source>
        <translation>Приостановлены</translation>
    </message>
    <message>
        <source>Closed</source>
        <translation>Закрыты</translation>
    </message>
    <message>
        <source>Waits for us</source>
        <translation>Ждёт нас</translation>
    </message>
    <message>
        <source>Let it work again</source>
        <translation>Возобновить работу</translation>
    </message>
    <message>
        <source>Let it work</source>
        <translation>Начать работу</translation>
    </message>
    <message>
        <source>Suspend</source>
        <translation>Приостановить</translation>
    </message>
    <message>
        <source>Close for good</source>
        <translation>Закрыть навсегда</translation>
    </message>
    <message>
        <source>New applications are taken in, its people and its site come in.</source>
        <translation>Принимаются новые заявки, сотрудники и сайт магазина входят.</translation>
    </message>
    <message>
        <source>Nothing new begins; its goods are held and its payments wait until it works again.</source>
        <translation>Новых заявок не будет; товар задержан, выплаты отложены, пока магазин не возобновит работу.</translation>
    </message>
    <message>
        <source>Nobody of the shop comes in any more, and it cannot be opened again. Its papers and sums stay.</source>
        <translation>Никто из магазина больше не войдёт, открыть его снова нельзя. Документы и суммы остаются.</translation>
    </message>
    <message>
        <source>{shop}: works</source>
        <translation>{shop}: работает</translation>
    </message>
    <message>
        <source>{shop}: suspended</source>
        <translation>{shop}: приостановлен</translation>
    </message>
    <message>
        <source>{shop}: closed</source>
        <translation>{shop}: закрыт</translation>
    </message>
    <message>
        <source>The contract: its number and date</source>
        <translation>Договор: номер и дата</translation>
    </message>
    <message>
        <source>A tariff: its own or the general one</source>
        <translation>Тариф: свой или общий</translation>
    </message>
    <message>
        <source>Terms of at least one lender</source>
        <translation>Условия хотя бы одного банка</translation>
    </message>
    <message>
        <source>A manager who sees the web account</source>
        <translation>Менеджер, который видит кабинет</translation>
    </message>
    <message>
        <source>Write it down…</source>
        <translation>Вписать…</translation>
    </message>
    <message>
        <source>Set a tariff…</source>
        <translation>Задать тариф…</translation>
    </message>
    <message>
        <source>Lenders&apos; terms…</source>
        <translation>Условия банков…</translation>
    </message>
    <message>
        <source>Give access…</source>
        <translation>Дать доступ…</translation>
    </message>
    <message>
        <source>Manager</source>
        <translation>Менеджер</translation>
    </message>
    <message>
        <source>Clerk</source>
        <translation>Продавец</translation>
    </message>
    <message>
        <source>The site&apos;s program</source>
        <translation>Программа сайта</translation>
    </message>
    <message>
        <source>Sees all applications, takes new ones in, chooses offers, signs, and accepts statements.</source>
        <translation>Видит все заявки, создаёт новые, выбирает предложения, подписывает, принимает отчёты.</translation>
    </message>
    <message>
        <source>Checks passports, signs and hands papers over; leaves no applications.</source>
        <translation>Проверяет паспорт, подписывает и передаёт документы; заявок не создаёт.</translation>
    </message>
    <message>
        <source>A key for the server of the shop&apos;s site: leaves applications and asks how they stand.</source>
        <translation>Ключ для сервера сайта: передаёт заявки и спрашивает, как они идут.</translation>
    </message>
    <message>
        <source>given {day} by {who}</source>
        <translation>выдан {day}, {who}</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Название</translation>
    </message>
    <message>
        <source>Short name</source>
        <translation>Короткое имя</translation>
    </message>
    <message>
        <source>ИНН</source>
        <translation>ИНН</translation>
    </message>
    <message>
        <source>КПП</source>
        <translation>КПП</translation>
    </message>
    <message>
        <source>БИК</source>
        <translation>БИК</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>Расчётный счёт</translation>
    </message>
    <message>
        <source>Correspondent account</source>
        <translation>Корр. счёт</translation>
    </message>
    <message>
        <source>Bank</source>
        <translation>Банк</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>Эл. почта</translation>
    </message>
    <message>
        <source>Phone</source>
        <translation>Телефон</translation>
    </message>
    <message>
        <source>Region</source>
        <translation>Регион</translation>
    </message>
    <message>
        <source>Contract</source>
        <translation>Договор</translation>
    </message>
    <message>
        <source>Risk limit, ₽</source>
        <translation>Предел риска, ₽</translation>
    </message>
    <message>
        <source>Sites of the button</source>
        <translation>Сайты с кнопкой</translation>
    </message>
    <message>
        <source>Our own shop</source>
        <translation>Наш магазин</translation>
    </message>
    <message>
        <source>Trusts the lender</source>
        <translation>Товар до денег банка</translation>
    </message>
    <message>
        <source>no limit; out now {sum}</source>
        <translation>без предела; сейчас {sum}</translation>
    </message>
    <message>
        <source>{limit}; out now {sum}</source>
        <translation>{limit}; сейчас {sum}</translation>
    </message>
    <message>
        <source>Ring {who}, {phone}</source>
        <translation>Звонить: {who}, {phone}</translation>
    </message>
    <message>
        <source>Sells: {goods}</source>
        <translation>Торгует: {goods}</translation>
    </message>
    <message>
        <source>The same ИНН: {shops}. Ask a person of it you know.</source>
        <translation>Тот же ИНН: {shops}. Спросите там того, кого знаете.</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>да</translation>
    </message>
    <message>
        <source>no</source>
        <translation>нет</translation>
    </message>
    <message>
        <source>Shop</source>
        <translation>Магазин</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Заявок</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Состояние</translation>
    </message>
    <message>
        <source>Taken in</source>
        <translation>Принят</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Кто</translation>
    </message>
    <message>
        <source>Access</source>
        <translation>Доступ</translation>
    </message>
    <message>
        <source>Given</source>
        <translation>Выдан</translation>
    </message>
    <message>
        <source>Give access</source>
        <translation>Дать доступ</translation>
    </message>
    <message>
        <source>the site, as you will know it: shop.example</source>
        <translation>сайт, как вы его узнаете: shop.example</translation>
    </message>
    <message>
        <source>surname and name, as they will stand in the journal</source>
        <translation>фамилия и имя, как они будут стоять в журнале</translation>
    </message>
    <message>
        <source>Whose access is it?</source>
        <translation>Чей это доступ?</translation>
    </message>
    <message>
        <source>The key, shown once</source>
        <translation>Ключ показан один раз</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Ключ</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Копировать</translation>
    </message>
    <message>
        <source>I have passed it on or put it where it belongs</source>
        <translation>Ключ передан или уже вписан куда нужно</translation>
    </message>
    <message>
        <source>It is kept nowhere and cannot be shown again. Lost, it is revoked and given anew.</source>
        <translation>Он нигде не хранится и больше не покажется. Если потеряется — отзовите и выдайте новый.</translation>
    </message>
    <message>
        <source>The access was given before, and its key cannot be shown again. Revoke it and give another.</source>
        <translation>Доступ уже был выдан, показать ключ снова нельзя. Отзовите его и выдайте другой.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Закрыть</translation>
    </message>
    <message>
        <source>Tick that it is kept first.</source>
        <translation>Сначала отметьте, что ключ сохранён.</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Скопировано</translation>
    </message>
    <message>
        <source>It belongs in the settings of the site&apos;s server (header “Authorization: Bearer …”), never in a page.</source>
        <translation>Место ключа — в настройках сервера сайта (заголовок «Authorization: Bearer …»), но не в странице.</translation>
    </message>
    <message>
        <source>With it they come in at the shop&apos;s web account, /shop/login.</source>
        <translation>С этим ключом входят в кабинет магазина, /shop/login.</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Назад</translation>
    </message>
    <message>
        <source>No link to the Kvit service. What you have typed stays here.</source>
        <translation>Нет связи со службой Kvit. Введённое останется здесь.</translation>
    </message>
    <message>
        <source>New shop</source>
        <translation>Новый магазин</translation>
    </message>
    <message>
        <source>The shop&apos;s particulars</source>
        <translation>Данные магазина</translation>
    </message>
    <message>
        <source>Take the shop in</source>
        <translation>Принять магазин</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Сохранить</translation>
    </message>
    <message>
        <source>It may work once it has a contract, a tariff, lenders&apos; terms and a manager.</source>
        <translation>Работать он сможет, когда есть договор, тариф, условия банков и менеджер.</translation>
    </message>
    <message>
        <source>It stands in addresses and papers and does not change.</source>
        <translation>Оно стоит в адресах и документах и не меняется.</translation>
    </message>
    <message>
        <source>mebel-nn: Latin letters, digits, hyphens</source>
        <translation>mebel-nn: латиница, цифры, дефис</translation>
    </message>
    <message>
        <source>10 digits, a sole trader 12</source>
        <translation>10 цифр, у предпринимателя 12</translation>
    </message>
    <message>
        <source>nothing for a sole trader</source>
        <translation>у предпринимателя пусто</translation>
    </message>
    <message>
        <source>№ and date; may follow later</source>
        <translation>№ и дата; можно позже</translation>
    </message>
    <message>
        <source>nothing for no limit</source>
        <translation>пусто — без предела</translation>
    </message>
    <message>
        <source>one a line</source>
        <translation>по одному в строке</translation>
    </message>
    <message>
        <source>Our own shop: its goods leave our warehouse</source>
        <translation>Наш магазин: товар уходит с нашего склада</translation>
    </message>
    <message>
        <source>Its goods may go before the lender&apos;s money is here</source>
        <translation>Товар можно отдать до денег банка</translation>
    </message>
    <message>
        <source>Before it may work</source>
        <translation>До начала работы</translation>
    </message>
    <message>
        <source>Registered by itself on the site</source>
        <translation>Зарегистрировался сам на сайте</translation>
    </message>
    <message>
        <source>Where its money goes</source>
        <translation>Куда идут его деньги</translation>
    </message>
    <message>
        <source>How it is reached</source>
        <translation>Связь</translation>
    </message>
    <message>
        <source>What is agreed</source>
        <translation>Условия</translation>
    </message>
    <message>
        <source>Goods out unpaid</source>
        <translation>Выдано без оплаты</translation>
    </message>
    <message>
        <source>Shops</source>
        <translation>Магазины</translation>
    </message>
    <message>
        <source>No shop here. N takes one in.</source>
        <translation>Здесь нет магазинов. N — принять новый.</translation>
    </message>
    <message>
        <source>Name, ИНН…</source>
        <translation>Название, ИНН…</translation>
    </message>
    <message>
        <source>Terms…</source>
        <translation>Условия…</translation>
    </message>
    <message>
        <source>New shop…</source>
        <translation>Новый магазин…</translation>
    </message>
    <message>
        <source>No link to the Kvit service.</source>
        <translation>Нет связи со службой Kvit.</translation>
    </message>
    <message>
        <source>{shop}: taken in</source>
        <translation>{shop}: принят</translation>
    </message>
    <message>
        <source>About</source>
        <translation>О магазине</translation>
    </message>
    <message>
        <source>Tariffs</source>
        <translation>Тарифы</translation>
    </message>
    <message>
        <source>History</source>
        <translation>История</translation>
    </message>
    <message>
        <source>People come in at the web account, the site by its key. A key is shown once, when given.</source>
        <translation>Люди входят в кабинет, сайт — по своему ключу. Ключ показывается один раз, при выдаче.</translation>
    </message>
    <message>
        <source>Who may come in</source>
        <translation>Кто может войти</translation>
    </message>
    <message>
        <source>Nobody of the shop may come in yet.</source>
        <translation>Пока никто из магазина войти не может.</translation>
    </message>
    <message>
        <source>Key for the site…</source>
        <translation>Ключ сайту…</translation>
    </message>
    <message>
        <source>Revoke…</source>
        <translation>Отозвать…</translation>
    </message>
    <message>
        <source>No tariff: neither its own nor a general one.</source>
        <translation>Тарифа нет: ни своего, ни общего.</translation>
    </message>
    <message>
        <source>A tariff from a day on…</source>
        <translation>Тариф с даты…</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Ещё</translation>
    </message>
    <message>
        <source>More actions</source>
        <translation>Другие действия</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>Изменить…</translation>
    </message>
    <message>
        <source>Choose a shop on the left.</source>
        <translation>Выберите магазин слева.</translation>
    </message>
    <message>
        <source>open applications: {n}</source>
        <translation>открытых заявок: {n}</translation>
    </message>
    <message>
        <source>It lacks what stands above.</source>
        <translation>Не хватает того, что перечислено выше.</translation>
    </message>
    <message>
        <source>Why? The reason stays in the shop&apos;s history.</source>
        <translation>Почему? Причина останется в истории магазина.</translation>
    </message>
    <message>
        <source>{shop}: saved</source>
        <translation>{shop}: сохранено</translation>
    </message>
    <message>
        <source>Revoke the access</source>
        <translation>Отозвать доступ</translation>
    </message>
    <message>
        <source>The very next request with this key is refused.</source>
        <translation>Следующий же запрос с этим ключом будет отклонён.</translation>
    </message>
    <message>
        <source>Revoked: {name}</source>
        <translation>Отозван: {name}</translation>
    </message>
    <message>
        <source>The tariff is set. Former ones stay as they were.</source>
        <translation>Тариф записан. Прежние остались как были.</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>live</source>
        <translation>обновляется сразу</translation>
    </message>
    <message>
        <source>every 15 s</source>
        <translation>раз в 15 с</translation>
    </message>
    <message>
        <source>no link</source>
        <translation>нет связи</translation>
    </message>
    <message>
        <source>release: automatic</source>
        <translation>отпуск: автоматически</translation>
    </message>
    <message>
        <source>release: by hand</source>
        <translation>отпуск: вручную</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>Подключение…</translation>
    </message>
    <message>
        <source>No link to the service · data: {age}</source>
        <translation>Нет связи со службой · данные: {age}</translation>
    </message>
    <message>
        <source>No bank is connected</source>
        <translation>Банк не подключён</translation>
    </message>
    <message>
        <source>No link to the bank: {why} · last good poll: {ago}</source>
        <translation>Нет связи с банком: {why} · последний удачный опрос: {ago}</translation>
    </message>
    <message>
        <source>{bank}: not asked yet</source>
        <translation>{bank}: ещё не опрашивался</translation>
    </message>
    <message>
        <source>{bank} answers · asked at {time} ({ago})</source>
        <translation>{bank} на связи · опрос в {time} ({ago})</translation>
    </message>
    <message>
        <source>again in {span}</source>
        <translation>следующий через {span}</translation>
    </message>
</context>
<context>
    <name>Suggestion</name>
    <message>
        <source>agrees to the kopeck</source>
        <translation>сходится до копейки</translation>
    </message>
    <message>
        <source>missing {sum}</source>
        <translation>не хватает {sum}</translation>
    </message>
    <message>
        <source>Suggestion {n}: invoice {names}</source>
        <translation>Вариант {n}: счёт {names}</translation>
    </message>
    <message>
        <source>of {date}</source>
        <translation>от {date}</translation>
    </message>
    <message>
        <source>{sum} stay as an advance</source>
        <translation>останется аванс {sum}</translation>
    </message>
    <message>
        <source>{sum} stay unexplained</source>
        <translation>останется необъяснённым {sum}</translation>
    </message>
    <message>
        <source>the partner&apos;s fee {sum}</source>
        <translation>комиссия партнёра {sum}</translation>
    </message>
    <message>
        <source>Invoice {number}</source>
        <translation>Счёт {number}</translation>
    </message>
    <message>
        <source>of {sum}</source>
        <translation>из {sum}</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>Принять</translation>
    </message>
    <message>
        <source>Accept: invoice {names}</source>
        <translation>Принять: счёт {names}</translation>
    </message>
    <message>
        <source>chosen</source>
        <translation>выбрано</translation>
    </message>
</context>
<context>
    <name>Tasks</name>
    <message>
        <source>Open</source>
        <translation>Открытые</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Готовые</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Все</translation>
    </message>
    <message>
        <source>overdue</source>
        <translation>просрочено</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>ждёт</translation>
    </message>
    <message>
        <source>taken</source>
        <translation>взята</translation>
    </message>
    <message>
        <source>put off</source>
        <translation>отложена</translation>
    </message>
    <message>
        <source>done</source>
        <translation>сделана</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>отменена</translation>
    </message>
    <message>
        <source>Reached</source>
        <translation>Дозвонились</translation>
    </message>
    <message>
        <source>Delivery agreed</source>
        <translation>Доставка согласована</translation>
    </message>
    <message>
        <source>Will collect</source>
        <translation>Заберёт сам</translation>
    </message>
    <message>
        <source>No answer</source>
        <translation>Нет ответа</translation>
    </message>
    <message>
        <source>Resolved</source>
        <translation>Решено</translation>
    </message>
    <message>
        <source>Wrong number</source>
        <translation>Неверный номер</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>Задача</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Состояние</translation>
    </message>
    <message>
        <source>order {number}</source>
        <translation>заказ {number}</translation>
    </message>
</context>
<context>
    <name>Texts</name>
    <message>
        <source>Once, when the carrier has taken the parcel in.</source>
        <translation>Один раз, когда служба доставки приняла посылку.</translation>
    </message>
    <message>
        <source>When it can be collected, once for each place it waits at.</source>
        <translation>Когда посылку можно забрать, один раз для каждого места.</translation>
    </message>
    <message>
        <source>On the day a courier carries it.</source>
        <translation>В день, когда её везёт курьер.</translation>
    </message>
    <message>
        <source>Every few days while it waits.</source>
        <translation>Раз в несколько дней, пока посылка ждёт.</translation>
    </message>
    <message>
        <source>When storage is about to end.</source>
        <translation>Когда срок хранения подходит к концу.</translation>
    </message>
    <message>
        <source>Once, when it may be waiting though the carrier has not said so.</source>
        <translation>Один раз, когда посылка, возможно, уже ждёт, а служба доставки молчит.</translation>
    </message>
    <message>
        <source>Kvit&apos;s text</source>
        <translation>Текст Kvit</translation>
    </message>
    <message>
        <source>as for all</source>
        <translation>как у всех</translation>
    </message>
    <message>
        <source>own, version {n}</source>
        <translation>свой, версия {n}</translation>
    </message>
    <message>
        <source>off</source>
        <translation>выключено</translation>
    </message>
    <message>
        <source>own, {n}</source>
        <translation>свой, {n}</translation>
    </message>
    <message>
        <source>Kvit&apos;s</source>
        <translation>Kvit</translation>
    </message>
    <message>
        <source>texts of its own: {n}</source>
        <translation>своих текстов: {n}</translation>
    </message>
    <message>
        <source>characters: {n}</source>
        <translation>знаков: {n}</translation>
    </message>
    <message>
        <source>SMS parts: {n}</source>
        <translation>частей SMS: {n}</translation>
    </message>
    <message>
        <source>Latin alphabet (GSM): 160 to a part</source>
        <translation>латиница (GSM): 160 в части</translation>
    </message>
    <message>
        <source>any letters (UCS-2): 70 to a part</source>
        <translation>любые буквы (UCS-2): 70 в части</translation>
    </message>
    <message>
        <source>{spent} of {limit}</source>
        <translation>{spent} из {limit}</translation>
    </message>
    <message>
        <source>SMS this month: {n}, {spent}</source>
        <translation>SMS за месяц: {n}, {spent}</translation>
    </message>
    <message>
        <source>left today: {n} of {limit}</source>
        <translation>сегодня ещё можно: {n} из {limit}</translation>
    </message>
    <message>
        <source>Sender name: none registered</source>
        <translation>Имя отправителя: не задано</translation>
    </message>
    <message>
        <source>Sender name: {name}</source>
        <translation>Имя отправителя: {name}</translation>
    </message>
    <message>
        <source>Guessed arrivals: not told to buyers</source>
        <translation>Догадки о прибытии: покупателям не сообщаются</translation>
    </message>
    <message>
        <source>Guessed arrivals: told when {share} of parcels like it had arrived</source>
        <translation>Догадки о прибытии: сообщаются, когда дошли бы {share} таких посылок</translation>
    </message>
    <message>
        <source>Only to those whose consent is on record</source>
        <translation>Только тем, чьё согласие записано</translation>
    </message>
    <message>
        <source>To everybody who has not refused</source>
        <translation>Всем, кто не отказался</translation>
    </message>
    <message>
        <source>No SMS from {begin} to {end} of the buyer&apos;s clock</source>
        <translation>С {begin} до {end} по часам покупателя SMS не уходят</translation>
    </message>
    <message>
        <source>A letter follows an SMS without a receipt after {n} h</source>
        <translation>Без отчёта о доставке SMS через {n} ч уходит письмо</translation>
    </message>
    <message>
        <source>Refusal by an SMS back: {words}</source>
        <translation>Отказ ответной SMS: {words}</translation>
    </message>
    <message>
        <source>version {n}</source>
        <translation>версия {n}</translation>
    </message>
    <message>
        <source>Whose texts</source>
        <translation>Чьи тексты</translation>
    </message>
    <message>
        <source>Texts:</source>
        <translation>Тексты:</translation>
    </message>
    <message>
        <source>Where a shop has no text of its own, the one for all speaks; where there is none, Kvit&apos;s own.</source>
        <translation>Если у магазина нет своего текста, уходит общий, а если нет и его, то текст Kvit.</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Сохранить</translation>
    </message>
    <message>
        <source>Put the text that comes with Kvit into the editor</source>
        <translation>Вернуть в редактор текст из поставки Kvit</translation>
    </message>
    <message>
        <source>Drop changes</source>
        <translation>Отбросить правки</translation>
    </message>
    <message>
        <source>Texts</source>
        <translation>Тексты</translation>
    </message>
    <message>
        <source>for all without their own</source>
        <translation>для всех, у кого нет своих</translation>
    </message>
    <message>
        <source>{text}: version {n} is in force</source>
        <translation>{text}: действует версия {n}</translation>
    </message>
    <message>
        <source>{text}: switched off, version {n}</source>
        <translation>{text}: выключено, версия {n}</translation>
    </message>
    <message>
        <source>Switch off</source>
        <translation>Выключить</translation>
    </message>
    <message>
        <source>Switch on</source>
        <translation>Включить</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>Тема</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Текст</translation>
    </message>
    <message>
        <source>Put in where the cursor is:</source>
        <translation>Вставить туда, где курсор:</translation>
    </message>
    <message>
        <source>A macro without a value leaves nothing. Words around it go with it in {% if cod %} … {% endif %}.</source>
        <translation>Макрос без значения не оставляет ничего. Слова вокруг него исчезнут вместе с ним внутри {% if cod %} … {% endif %}.</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>Не сохранено</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>Как уйдёт</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>Версии</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>Неизвестные</translation>
    </message>
    <message>
        <source>Cash on delivery</source>
        <translation>Наложенный платёж</translation>
    </message>
    <message>
        <source>Prepaid</source>
        <translation>Оплачено заранее</translation>
    </message>
    <message>
        <source>Example:</source>
        <translation>Пример:</translation>
    </message>
    <message>
        <source>For all texts, by the service&apos;s settings</source>
        <translation>Для всех текстов, по настройкам службы</translation>
    </message>
    <message>
        <source>None of its own yet. What is saved here stays here, version by version.</source>
        <translation>Своего текста ещё нет. Каждая сохранённая версия останется здесь.</translation>
    </message>
    <message>
        <source>switched off</source>
        <translation>выключено</translation>
    </message>
    <message>
        <source>Into the editor</source>
        <translation>В редактор</translation>
    </message>
    <message>
        <source>Version {n} into the editor</source>
        <translation>Версию {n} в редактор</translation>
    </message>
    <message>
        <source>Handed over, and no answer came: they may have gone. Kvit does not repeat them itself.</source>
        <translation>Переданы шлюзу, и ответа не было: они могли уйти. Сама программа их не повторяет.</translation>
    </message>
    <message>
        <source>Of every message it is known whether the gateway took it.</source>
        <translation>О каждом сообщении известно, взял ли его шлюз.</translation>
    </message>
    <message>
        <source>To the parcel</source>
        <translation>К посылке</translation>
    </message>
</context>
<context>
    <name>Time</name>
    <message>
        <source>never</source>
        <translation>никогда</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>только что</translation>
    </message>
    <message>
        <source>{n} s ago</source>
        <translation>{n} с назад</translation>
    </message>
    <message>
        <source>{n} min ago</source>
        <translation>{n} мин назад</translation>
    </message>
    <message>
        <source>{n} h ago</source>
        <translation>{n} ч назад</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n} с</translation>
    </message>
    <message>
        <source>{h} h {m} min</source>
        <translation>{h} ч {m} мин</translation>
    </message>
</context>
<context>
    <name>Toast</name>
    <message>
        <source>Close the message</source>
        <translation>Закрыть сообщение</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>Kvit: connecting…</source>
        <translation>Kvit: подключение…</translation>
    </message>
    <message>
        <source>The bank was asked {ago}.</source>
        <translation>Банк опрошен {ago}.</translation>
    </message>
    <message>
        <source>something is broken</source>
        <translation>что-то не работает</translation>
    </message>
    <message>
        <source>attention: {why} {asked}</source>
        <translation>внимание: {why} {asked}</translation>
    </message>
    <message>
        <source>waiting for you: {what}. {asked}</source>
        <translation>вас ждут: {what}. {asked}</translation>
    </message>
    <message>
        <source>working. {asked}</source>
        <translation>идёт работа. {asked}</translation>
    </message>
    <message>
        <source>all is well. {asked}</source>
        <translation>всё в порядке. {asked}</translation>
    </message>
    <message>
        <source>Open Kvit</source>
        <translation>Открыть Kvit</translation>
    </message>
    <message>
        <source>Ask the bank now</source>
        <translation>Опросить банк</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>Уведомления</translation>
    </message>
    <message>
        <source>Payments that need you</source>
        <translation>Поступления, которым нужен человек</translation>
    </message>
    <message>
        <source>Calls that are due</source>
        <translation>Звонки, которым пора</translation>
    </message>
    <message>
        <source>Pick lists</source>
        <translation>Листы сборки</translation>
    </message>
    <message>
        <source>Alarms</source>
        <translation>Тревоги</translation>
    </message>
    <message>
        <source>Lost link</source>
        <translation>Потеря связи</translation>
    </message>
    <message>
        <source>Quiet from 20:00 to 08:00</source>
        <translation>Тихо с 20:00 до 08:00</translation>
    </message>
    <message>
        <source>Start with the computer</source>
        <translation>Запускать вместе с компьютером</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Выйти</translation>
    </message>
</context>
<context>
    <name>Trial</name>
    <message>
        <source>payments: {n} · {sum}</source>
        <translation>платежей: {n} · {sum}</translation>
    </message>
    <message>
        <source>Back-test of {date}</source>
        <translation>Проверка от {date}</translation>
    </message>
    <message>
        <source>Payments: {all}. Without a person: {auto} ({share}).</source>
        <translation>Платежей: {all}. Без человека прошли бы {auto} ({share}).</translation>
    </message>
    <message>
        <source>It was ended before the last payment: the figures are of a part.</source>
        <translation>Проверку остановили до последнего платежа: цифры — по части.</translation>
    </message>
    <message>
        <source>No link to the Kvit service.</source>
        <translation>Нет связи со службой Kvit.</translation>
    </message>
    <message>
        <source>Your role does not switch automatic release: the director does.</source>
        <translation>Ваша роль не переключает автоматический отпуск: это делает директор.</translation>
    </message>
    <message>
        <source>Payments</source>
        <translation>Платежей</translation>
    </message>
    <message>
        <source>Sum, ₽</source>
        <translation>Сумма, ₽</translation>
    </message>
    <message>
        <source>Why a person</source>
        <translation>Почему человеку</translation>
    </message>
    <message>
        <source>For example</source>
        <translation>Например</translation>
    </message>
    <message>
        <source>No back-test was ever made here.</source>
        <translation>Проверки на прошлых платежах здесь ещё не было.</translation>
    </message>
    <message>
        <source>A back-test tries the matcher on past statements and invoices, changes nothing, and says how much would have gone without a person. Ask IT to run it with your files:</source>
        <translation>Проверка пробует разнесение на прошлых выписках и счетах, ничего не меняет и говорит, сколько прошло бы без человека. Попросите ИТ запустить её с вашими файлами:</translation>
    </message>
    <message>
        <source>Copy the command</source>
        <translation>Скопировать команду</translation>
    </message>
    <message>
        <source>without a person</source>
        <translation>без человека</translation>
    </message>
    <message>
        <source>to a person</source>
        <translation>человеку</translation>
    </message>
    <message>
        <source>sent again by the bank</source>
        <translation>прислано банком повторно</translation>
    </message>
    <message>
        <source>Invoices released without a person: {count}, {amount}.</source>
        <translation>Счетов, отпущенных без человека: {count}, {amount}.</translation>
    </message>
    <message>
        <source>Whether each of these decisions would have been right, no back-test can know: look through some in the file of decisions it has written.</source>
        <translation>Верно ли каждое из этих решений, проверка знать не может: просмотрите часть решений в файле, который она записала.</translation>
    </message>
    <message>
        <source>To a person, and why</source>
        <translation>Человеку, и почему</translation>
    </message>
    <message>
        <source>With a suggestion, where one key is enough: {n}.</source>
        <translation>С подсказкой, где хватит одной клавиши: {n}.</translation>
    </message>
    <message>
        <source>Nothing would have gone to a person.</source>
        <translation>Человеку ничего бы не досталось.</translation>
    </message>
</context>
<context>
    <name>UndoBar</name>
    <message>
        <source>Undo ({keys})</source>
        <translation>Отменить ({keys})</translation>
    </message>
</context>
</TS>
