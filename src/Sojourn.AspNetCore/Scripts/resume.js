// Sends the form of this page again, which a step-up interrupted. By the prototype: a field of it may be called "requestSubmit".
HTMLFormElement.prototype.requestSubmit.call(document.querySelector('form'));
