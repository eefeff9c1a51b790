"""States of loans and settlements in both languages, as the make-believe service says them."""

from __future__ import annotations

Words = dict[str, tuple[str, str]]

STAGES: Words = {
    "application": ("Заявка", "Application"),
    "decision": ("Решение", "Decision"),
    "signing": ("Подписание", "Signing"),
    "original": ("Оригинал", "Original"),
    "money": ("Деньги", "Money"),
    "shop": ("Магазину", "To the shop"),
    "done": ("Закрыта", "Done"),
    "ended": ("Отказ", "Ended"),
}
STATES: Words = {
    "lead": ("Новая", "New"),
    "callback": ("Перезвонить", "To be called back"),
    "questionnaire": ("Анкета", "Questionnaire"),
    "submitted": ("В банках", "At lenders"),
    "approved": ("Одобрена", "Approved"),
    "accepted": ("Предложение принято", "Offer accepted"),
    "agreed": ("Договор готов", "Agreement ready"),
    "active": ("Подписана", "Signed"),
    "closed": ("Закрыта", "Closed"),
    "declined": ("Отказ банков", "Declined"),
    "cancelled": ("Отменена", "Cancelled"),
    "expired": ("Истекла", "Lapsed"),
    "returned": ("Товар возвращён", "Goods returned"),
}
ORIGINS: Words = {"site": ("Сайт магазина", "Shop's site"), "call_centre": ("Колл-центр", "Call centre")}
WAYS: Words = {
    "clerk": ("В магазине", "At the shop"),
    "branch": ("В отделении банка", "At the lender's branch"),
    "courier": ("С курьером", "By courier"),
}
DECISIONS: Words = {
    "queued": ("Отправляется", "On its way"),
    "sent": ("Рассматривается", "Being considered"),
    "needs_info": ("Нужны исправления", "Needs corrections"),
    "approved": ("Одобрено", "Approved"),
    "declined": ("Отказ", "Declined"),
    "withdrawn": ("Отозвана нами", "Withdrawn"),
    "revoked": ("Одобрение отозвано", "Approval revoked"),
}
SIGNING: Words = {
    "documents_ready": ("Документы готовы", "Documents ready"),
    "ordered": ("Курьер заказан", "Courier ordered"),
    "out": ("Курьер в пути", "Courier on the way"),
    "met": ("Курьер у покупателя", "Courier with the buyer"),
    "returned_empty": ("Курьер вернулся ни с чем", "Courier came back empty"),
    "no_show": ("Покупатель не пришёл", "Buyer did not come"),
    "identity_checked": ("Личность проверена", "Identity checked"),
    "signed": ("Подписан", "Signed"),
    "verified": ("Проверен", "Verified"),
    "faulty": ("С ошибками", "Faulty"),
    "refused": ("Покупатель отказался", "Refused by the buyer"),
    "stopped": ("Остановлено: паспорт не тот", "Stopped: the passport does not fit"),
}
ORIGINAL: Words = {
    "none": ("Нет", "None"),
    "with_signer": ("У подписавшего", "With the signer"),
    "in_transit": ("В пути", "On its way"),
    "at_lender": ("В банке", "At the lender"),
    "accepted": ("Принят банком", "Accepted"),
    "rejected": ("Возвращён банком", "Rejected"),
    "lost": ("Утерян", "Lost"),
}
FUNDING: Words = {
    "expected": ("Ожидаются", "Expected"),
    "partly": ("Получены частично", "Partly received"),
    "received": ("Получены", "Received"),
}
GOODS: Words = {
    "held": ("Задержан", "Held"),
    "released": ("Отпуск разрешён", "Released"),
    "shipped": ("Отгружен", "Shipped"),
    "delivered": ("Выдан", "Delivered"),
    "committed": ("Банк уведомлён о выдаче", "Lender told"),
    "returned": ("Возвращён", "Returned"),
}
PAPERS: Words = {
    "agreement": ("договор банка", "lender's agreement"),
    "signed": ("скан подписанных бумаг", "scan of the signed papers"),
    "passport": ("паспорт", "passport"),
    "portrait": ("фото покупателя", "photo of the buyer"),
    "waybill": ("накладная", "waybill"),
    "other": ("другое", "other"),
}
PROBLEMS: Words = {
    "late": ("Просрочены", "Late"),
    "call": ("Просрочен звонок", "Call is late"),
    "lender": ("Банк не отвечает", "Lender is silent"),
    "signing": ("Подписание остановлено", "Signing is stopped"),
    "original": ("Оригинал не там", "Original is missing"),
    "money": ("Деньги не пришли", "Money is late"),
    "agreement": ("Договор с расхождениями", "Agreement does not fit"),
}
STATEMENTS: Words = {
    "open": ("Составлена", "Made"),
    "sent": ("Отправлена", "Sent"),
    "disputed": ("Оспорена", "Disputed"),
    "accepted": ("Принята", "Accepted"),
    "payable": ("К выплате", "To be paid"),
    "drafted": ("Поручение ждёт подписей", "The order waits for signatures"),
    "paid": ("Выплачена", "Paid"),
    "carried": ("Перенесена", "Carried over"),
    "claimed": ("Требование выставлено", "Claimed"),
}
