// Zooms a timeline to what is dragged over on its axis: the form beside it is filled in, and sent.
"use strict";
{
	const points = (axis) => axis.dataset.points.split(",").map((p) => p.split(":").map(Number));
	// What moment is drawn at a share of the width: stretches have a scale each.
	const moment = (all, share) => {
		for (let i = 1; i < all.length; i++) {
			const [x, ms] = all[i - 1], [nextX, nextMs] = all[i];
			if (share <= nextX) return Math.round(ms + ((nextMs - ms) * (share - x)) / (nextX - x || 1));
		}
		return all[all.length - 1][1];
	};
	let axis = null, brush = null, began = 0;
	const share = (event) => {
		const box = axis.getBoundingClientRect();
		return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
	};
	addEventListener("pointerdown", (event) => {
		axis = event.target.closest?.(".axis");
		if (!axis || !document.getElementById("zoom")) return;
		event.preventDefault();
		began = share(event);
		brush = document.createElementNS("http://www.w3.org/2000/svg", "rect");
		brush.setAttribute("class", "brush");
		brush.setAttribute("height", "32");
		axis.append(brush);
	});
	addEventListener("pointermove", (event) => {
		if (!brush) return;
		const at = share(event);
		brush.setAttribute("x", `${Math.min(began, at) * 100}%`);
		brush.setAttribute("width", `${Math.abs(at - began) * 100}%`);
	});
	addEventListener("pointerup", (event) => {
		if (!brush) return;
		const at = share(event), all = points(axis), form = document.getElementById("zoom");
		brush.remove();
		brush = null;
		if (Math.abs(at - began) < 0.01) return; // a click
		form.elements.from.value = moment(all, Math.min(began, at));
		form.elements.to.value = moment(all, Math.max(began, at)) + 1;
		form.requestSubmit();
	});
}
