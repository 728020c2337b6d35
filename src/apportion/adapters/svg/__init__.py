"""Pictures as SVG text: facts in, safe markup out; colours and type live in charts.css."""
