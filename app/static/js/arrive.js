// Leads who reads by keyboard or by ear to what a form has just made: it stands above the form.
document.querySelector("[data-arrive]")?.focus();
