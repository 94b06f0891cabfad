// Sends the form of this page again, which a step-up interrupted.
document.querySelector('form').requestSubmit();
