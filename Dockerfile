FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
COPY handlers ./handlers
RUN python -m venv /opt/tocsin && /opt/tocsin/bin/pip install --no-cache-dir .

FROM python:3.13-slim
COPY --from=build /opt/tocsin /opt/tocsin
# The folder is made before the volume, so that the volume belongs to the user.
RUN useradd --system --uid 10001 --no-create-home tocsin \
    && install -d -o tocsin -g tocsin -m 0700 /data
ENV PATH=/opt/tocsin/bin:$PATH PYTHONUNBUFFERED=1 TOCSIN_DATABASE=/data/tocsin.db
USER tocsin
WORKDIR /data
VOLUME /data
EXPOSE 3000
# Exec form: the signal to stop reaches Tocsin itself.
CMD ["tocsin", "serve", "--host", "0.0.0.0"]
