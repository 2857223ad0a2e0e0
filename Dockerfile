# The dashboard in a container; docs/deploy.md says how to run it.
FROM python:3.12-slim

RUN useradd --create-home --uid 1000 pneumoscope \
    && install --directory --owner=pneumoscope /workspace
WORKDIR /app

COPY requirements.txt .
RUN pip install --no-cache-dir --only-binary :all: --requirement requirements.txt

COPY app.py LICENSE NOTICE pyproject.toml ./
COPY .streamlit .streamlit
COPY models models
COPY pages pages
COPY ui ui
COPY xray_core xray_core

ENV PNEUMOSCOPE_WORKSPACE=/workspace PYTHONDONTWRITEBYTECODE=1 TF_CPP_MIN_LOG_LEVEL=2
VOLUME /workspace
USER pneumoscope
EXPOSE 8501
HEALTHCHECK --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://localhost:8501/_stcore/health', timeout=5)"]
# Inside the container every address; who may reach it from outside is for whoever publishes the port.
CMD ["python", "-m", "streamlit", "run", "app.py", "--server.address", "0.0.0.0"]
