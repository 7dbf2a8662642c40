FROM python:3.12.12-slim

# The embedded graph server, torch and the rest come from the package index, pinned by hash.
RUN useradd --create-home casegraph && mkdir /workspace && chown casegraph /workspace
WORKDIR /opt/casegraph
COPY requirements.txt .
RUN pip install --no-cache-dir uv==0.13.9 && uv pip install --system --no-cache --require-hashes -r requirements.txt
COPY . .
RUN uv pip install --system --no-cache --no-deps .

USER casegraph
ENV CASEGRAPH_WORKSPACE=/workspace
EXPOSE 8501
CMD ["casegraph", "app", "--address", "0.0.0.0", "--port", "8501", "--headless"]
