SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo demo-reset stop test bench lint format

PY := .venv/bin/python
APPS := oversight workbench handover grants compliance registers meetings decisions governance documents notifications accounts ledger common
TYPED = $(wildcard $(foreach app,$(APPS),$(foreach part,services selectors rules,$(app)/$(part).py $(app)/$(part)/*.py $(app)/$(part)/*/*.py)))

help: ## 列出全部命令
	@grep -E '^[a-z-]+:.*##' Makefile | awk -F ':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'

setup: ## 准备环境（系统软件包、.venv、前端文件、字体），可重复运行
	@scripts/setup demo

demo: setup ## 启动演示：http://127.0.0.1:8000（PORT=8001 换端口）
	@scripts/demo

demo-reset: setup ## 删除演示数据后重新开始
	@scripts/demo reset

stop: ## 停止内置 PostgreSQL
	@$(PY) -m config.embedded_postgres stop
	@$(PY) -m config.embedded_postgres stop .run/postgres-test

test: ## 全部测试（含无界面浏览器）
	@scripts/setup test
	$(PY) -m pytest -n 2 $(PYTEST_ARGS)

bench: ## 测速：生成 485 校和 4,850 校，检查全部规则，量看板（约十分钟）
	@scripts/setup demo
	$(PY) -m bench $(BENCH_ARGS)

lint: ## 全部静态检查
	@scripts/setup test
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m djlint templates --check --quiet
	$(PY) -m djlint templates --lint
	.venv/bin/lint-imports
	$(PY) -m mypy $(TYPED)
	APP_ENV=test $(PY) -W error manage.py makemigrations --check
	APP_ENV=test $(PY) -W error manage.py check --fail-level WARNING

format: ## 统一代码与模板格式
	@scripts/setup test
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(PY) -m djlint templates --reformat --quiet
