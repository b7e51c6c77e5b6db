# Everything is done by throughline.py, so that it also works where there is no make.
.PHONY: app check
app:
	python3 throughline.py app
check:
	python3 throughline.py test
