# The package, built by exactly the tools that are locked for development.
FROM python:3.13-slim AS package
WORKDIR /build
COPY requirements-dev.txt ./
RUN sed -nE '/^(hatchling|packaging|pathspec|pluggy|tomlkit|trove-classifiers)==/,/[^\\]$/p' requirements-dev.txt > tools.txt \
    && pip install --no-cache-dir --no-deps --require-hashes -r tools.txt
COPY pyproject.toml README.md LICENSE ./
COPY server server
COPY audio audio
RUN python -m hatchling build -t wheel -d wheels

# Everything it needs to run, and nothing for tests or the studio.
FROM python:3.13-slim AS environment
COPY requirements.txt ./
RUN python -m venv /opt/groundwork \
    && /opt/groundwork/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt
COPY --from=package /build/wheels wheels
RUN /opt/groundwork/bin/pip install --no-cache-dir --no-deps --no-index wheels/*.whl

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin groundwork \
    && install --directory --owner groundwork --group groundwork --mode 0700 /data
COPY --from=environment /opt/groundwork /opt/groundwork
COPY content /srv/groundwork/content
ENV PATH="/opt/groundwork/bin:$PATH" \
    GROUNDWORK_CONTENT=/srv/groundwork/content \
    GROUNDWORK_DATA=/data \
    GROUNDWORK_HOST=0.0.0.0
WORKDIR /srv/groundwork
USER groundwork
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["groundwork", "healthcheck"]
# `docker run IMAGE migrate` runs another command; serving never makes a clinic and never migrates unasked.
ENTRYPOINT ["groundwork"]
CMD ["serve"]
