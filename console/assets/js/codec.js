// Payloads that the server cannot read are decoded by the namespace's codec server, which is asked from here: what they say never comes near the console's server.
// What is typed into a form is encoded likewise before it is sent, where the form says so.
"use strict";
{
	const codec = document.getElementById("codec");
	const most = { payloads: 50, bytes: 512 << 10, shown: 64 << 10, milliseconds: 10000 };
	const known = new Map(); // what payloads say, by how the page has them: live pages show the same ones again
	const toText = (base64) => new TextDecoder().decode(Uint8Array.from(atob(base64 ?? ""), (c) => c.charCodeAt(0)));
	const toBase64 = (text) => btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));

	const ask = async (verb, payloads) => {
		const { endpoint, namespace, credentials } = codec.dataset;
		let answer, all;
		try {
			answer = await fetch(endpoint.replace(/\/+$/, "") + "/" + verb, {
				method: "POST", mode: "cors", cache: "no-store", redirect: "error", referrerPolicy: "no-referrer",
				credentials: credentials === "true" ? "include" : "omit",
				headers: { "Content-Type": "application/json", "X-Namespace": namespace },
				body: JSON.stringify({ payloads }),
				signal: AbortSignal.timeout(most.milliseconds),
			});
		} catch {
			throw new Error(`The codec at ${new URL(endpoint).host} cannot be reached, or does not let this console ask it (CORS).`);
		}
		if (!answer.ok) throw new Error(`The codec answered ${answer.status}.`);
		try {
			all = (await answer.json()).payloads;
		} catch {}
		if (!Array.isArray(all) || all.length !== payloads.length || !all.every((p) => p && typeof p === "object")) {
			throw new Error("The codec did not answer with a payload for each that it was sent.");
		}
		return all;
	};

	// The tokens of JSON. Numbers stay as they are written: as values of this language they would lose digits.
	const tokens = (json) => json.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+|\S/g) ?? [];
	const depthOf = (token) => ("{[".includes(token) ? 1 : "}]".includes(token) ? -1 : 0);
	const indented = (json, margin) => {
		JSON.parse(json); // or it fails
		const all = tokens(json);
		let depth = 0, text = "";
		const line = () => "\n" + margin + "  ".repeat(depth);
		all.forEach((token, i) => {
			const by = depthOf(token);
			if (by < 0) {
				depth--;
				if (depthOf(all[i - 1]) <= 0) text += line();
			}
			text += token;
			if (by > 0) {
				depth++;
				if (depthOf(all[i + 1]) >= 0) text += line();
			}
			if (token === ",") text += line();
			if (token === ":") text += " ";
		});
		return text;
	};
	// The values of a text with several, each as it is written.
	const values = (typed) => {
		const all = [];
		let depth = 0;
		for (const token of tokens(typed)) {
			if (depth === 0) all.push("");
			depth += depthOf(token);
			all[all.length - 1] += token;
		}
		all.forEach((value) => JSON.parse(value)); // or it fails
		return all;
	};

	// What would deceive is spelled out, as everywhere.
	const seen = (text) => text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
	const told = (payload, margin) => {
		const encoding = toText(payload.metadata?.encoding), data = toText(payload.data);
		const bytes = atob(payload.data ?? "").length;
		if (encoding === "binary/null") return "null";
		if (encoding.startsWith("json/") && bytes <= most.shown) {
			try {
				return indented(data, margin);
			} catch {
				return JSON.stringify(`${bytes} bytes, encoding ${encoding}, but not JSON`);
			}
		}
		return JSON.stringify(`${bytes} bytes, encoding ${encoding || "unknown"}` + (bytes > most.shown ? ", too large to show here" : ""));
	};

	const batches = (wanted) => {
		const all = [];
		let size = 0;
		for (const each of wanted) {
			const last = all[all.length - 1];
			if (!last || last.length === most.payloads || size + each.length > most.bytes) {
				all.push([each]);
				size = each.length;
			} else {
				last.push(each);
				size += each.length;
			}
		}
		return all;
	};

	const complain = (beside, why) => {
		if (beside.nextElementSibling?.matches(".undecoded")) return;
		const sentence = document.createElement("p");
		sentence.className = "refused undecoded";
		sentence.setAttribute("role", "alert");
		sentence.textContent = why;
		beside.after(sentence);
	};

	const show = (span) => {
		const before = (span.previousSibling?.textContent ?? "").split("\n").pop();
		try {
			span.textContent = seen(told(known.get(span.dataset.payload), before.match(/^ */)[0]));
		} catch {
			complain(span.closest("pre"), "The codec's answer cannot be read.");
		}
		span.className = "decoded";
		span.removeAttribute("data-payload");
	};

	const decode = async () => {
		const spans = [...document.querySelectorAll(".encoded[data-payload]")];
		const wanted = new Set(spans.map((span) => span.dataset.payload).filter((payload) => !known.has(payload)));
		let why = "";
		for (const batch of batches(wanted)) {
			try {
				(await ask("decode", batch.map((payload) => JSON.parse(payload)))).forEach((payload, i) => known.set(batch[i], payload));
			} catch (error) {
				why = error.message;
				break; // the others would wait for the same
			}
		}
		for (const span of spans) {
			if (known.has(span.dataset.payload)) {
				show(span);
			} else if (why) {
				complain(span.closest("pre"), why);
			}
		}
	};

	const encode = async (event) => {
		const form = event.target, { input, encode, encoded } = form.elements;
		if (!codec || !encode?.checked || encoded || !input.value.trim()) return;
		event.preventDefault();
		event.stopPropagation();
		form.querySelector(".unencoded")?.remove();
		try {
			let typed;
			try {
				typed = values(input.value);
			} catch {
				throw new Error("Input is no JSON. A text is written in quotes.");
			}
			const payloads = await ask("encode", typed.map((value) => ({ metadata: { encoding: toBase64("json/plain") }, data: toBase64(value) })));
			const hidden = document.createElement("input");
			hidden.type = "hidden";
			hidden.name = "encoded";
			hidden.value = JSON.stringify({ payloads });
			form.append(hidden);
			input.disabled = true; // what was typed stays here
			form.requestSubmit(event.submitter);
		} catch (error) {
			const sentence = document.createElement("p");
			sentence.className = "refused unencoded";
			sentence.setAttribute("role", "alert");
			sentence.textContent = error.message;
			input.closest(".field").before(sentence);
		}
	};

	if (codec) {
		let last = decode();
		document.addEventListener("htmx:afterSettle", () => (last = last.then(decode)));
		document.addEventListener("submit", encode, true);
		// Back from the page that followed, a form is as it was typed.
		addEventListener("pageshow", () => {
			for (const hidden of document.querySelectorAll("input[type=hidden][name=encoded]")) {
				hidden.form.elements.input.disabled = false;
				hidden.remove();
			}
		});
	}
}
