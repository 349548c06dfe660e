# syntax=docker/dockerfile:1
# The program and what it needs, without what it was made with. docs/operation.md says how to run it.

FROM python:3.13-slim AS made
WORKDIR /opt/vekha
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.txt ./
RUN python -m venv .venv && .venv/bin/python -m pip install --require-hashes --only-binary :all: -r requirements.txt
COPY app app
RUN for catalogue in app/translations/*/LC_MESSAGES/*.po; do \
        .venv/bin/pybabel --quiet compile --input-file "$catalogue" --output-file "${catalogue%.po}.mo" || exit 1; \
    done && .venv/bin/python -m compileall -q app

FROM python:3.13-slim
RUN groupadd --system --gid 10001 vekha && \
    useradd --system --uid 10001 --gid vekha --no-create-home --home-dir /var/lib/vekha vekha && \
    install -d -o vekha -g vekha -m 700 /var/lib/vekha /var/lib/vekha-anchor
WORKDIR /opt/vekha
COPY --from=made /opt/vekha ./
COPY config.py wsgi.py gunicorn.conf.py ./
COPY workflows workflows
COPY migrations migrations
COPY seeds seeds
ENV PATH=/opt/vekha/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    VEKHA_INSTANCE=/var/lib/vekha VEKHA_ANCHOR=/var/lib/vekha-anchor VEKHA_LOG=json VEKHA_BACKGROUND=0
USER 10001:10001
VOLUME ["/var/lib/vekha", "/var/lib/vekha-anchor"]
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["gunicorn", "-c", "gunicorn.conf.py", "--bind", "0.0.0.0:8000", "wsgi:app"]
