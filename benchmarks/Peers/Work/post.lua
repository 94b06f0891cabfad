-- POST as a browser sends it from the application's own pages. No function request(): wrk builds the request once.
wrk.method = "POST"
wrk.headers["Sec-Fetch-Site"] = "same-origin"
